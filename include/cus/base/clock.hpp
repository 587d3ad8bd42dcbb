// SPDX-License-Identifier: Apache-2.0
#pragma once
// Deadlines are points on the monotonic clock, so that a changed wall clock never shortens or lengthens a
// wait.

#include <chrono>

namespace cus {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

inline constexpr Deadline no_deadline = Deadline::max();

inline Deadline after(Clock::duration wait) {
  return Clock::now() + wait;
}

}  // namespace cus
