// SPDX-License-Identifier: Apache-2.0
#pragma once
// How often the kernel has killed a process of this sandbox for want of memory.

#include <cstdint>
#include <string>
#include <string_view>

#include "cus/base/fd.hpp"

namespace cus::guest_agent {

// The value of the line "oom_kill N"; 0 when there is none.
std::uint64_t parse_oom_kills(std::string_view text);

class OomCounter {
 public:
  // Opens the counter of cgroup v2 or else v1 below `root`; without one the count stays 0.
  explicit OomCounter(const std::string& root = "/sys/fs/cgroup");
  std::uint64_t read() const;
  // One more, which this guest did itself.
  void note_kill() { ++own_kills_; }

 private:
  Fd file_;
  std::uint64_t own_kills_ = 0;
};

}  // namespace cus::guest_agent
