// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything a child needs between fork and exec, made before the fork: pointer arrays, the paths to try, and
// the script as an unnamed file.

#include <string>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/guest/job.hpp"

namespace cus::guest_agent {

class ExecPlan {
 public:
  // Takes argv, script, env and cwd out of the spec.
  static Result<ExecPlan> make(guest::JobSpec& spec);
  ExecPlan(ExecPlan&&) = default;
  ExecPlan& operator=(ExecPlan&&) = default;

  const char* cwd() const { return cwd_.c_str(); }
  // The program's possible paths, in order, ended by nullptr.
  const char* const* candidates() const { return candidate_pointers_.data(); }
  char* const* argv() const { return argv_pointers_.data(); }
  char* const* envp() const { return env_pointers_.data(); }
  // -1 without a script.
  int script_fd() const { return script_.get(); }

 private:
  ExecPlan() = default;
  void find_candidates(const std::string& search_path);

  std::string cwd_;
  std::vector<std::string> argv_;
  std::vector<std::string> env_;
  std::vector<std::string> candidates_;
  std::vector<char*> argv_pointers_;
  std::vector<char*> env_pointers_;
  std::vector<const char*> candidate_pointers_;
  Fd script_;
};

}  // namespace cus::guest_agent
