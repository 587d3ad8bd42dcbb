// SPDX-License-Identifier: Apache-2.0
#pragma once
// How a job's command is to be run, ready for a supervisor: what to exec, and the script as an unnamed file.

#include <string>
#include <string_view>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/guest/job.hpp"

namespace cus::guest_agent {

class ExecPlan {
 public:
  // Takes argv, script, env and cwd out of the spec.
  static Result<ExecPlan> make(guest::JobSpec& spec);

  const std::string& program() const { return program_; }
  const std::string& cwd() const { return cwd_; }
  // A block as in plan_block.hpp.
  int block_fd() const { return block_.get(); }
  // -1 without a script.
  int script_fd() const { return script_.get(); }
  // What the supervisor has a copy of, or no longer needs.
  void release() {
    block_.reset();
    script_.reset();
  }

 private:
  std::string program_;
  std::string cwd_;
  Fd block_;
  Fd script_;
};

// The program's possible paths, in order.
std::vector<std::string> candidates_for(const std::string& program, std::string_view search_path);

}  // namespace cus::guest_agent
