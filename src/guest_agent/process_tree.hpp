// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who descends from a process, read from /proc/PID/task/*/children. Only raw system calls and the caller's
// memory: this runs in supervisors, which are forks that never exec.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace cus::guest_agent {

// Reads numbers separated by blanks from text that arrives in pieces.
class PidParser {
 public:
  explicit PidParser(std::span<pid_t> into) : into_(into) {}
  void feed(std::string_view text);
  // The number at the very end, when no blank follows it.
  void finish();
  std::size_t count() const { return count_; }

 private:
  void put();
  std::span<pid_t> into_;
  std::size_t count_ = 0;
  pid_t current_ = 0;
  bool in_number_ = false;
};

// The direct children of `pid` (of all its threads); returns how many were put into `into`.
std::size_t children_of(pid_t pid, std::span<pid_t> into);
// All descendants, parents before their children, as far as `into` reaches.
std::size_t descendants_of(pid_t pid, std::span<pid_t> into);
// Sends `signal` to each descendant; returns how many there were. `scratch` holds their pids.
std::size_t signal_descendants(pid_t pid, int signal, std::span<pid_t> scratch);
// What /proc calls the process, NUL-terminated; empty when it is gone.
void process_name(pid_t pid, std::span<char, 16> into);

// Whether the process is still what its parent forked: it has not exec'd (yet).
bool only_forked(pid_t pid);
// The same, from the text of /proc/PID/stat.
bool says_only_forked(std::string_view stat);

}  // namespace cus::guest_agent
