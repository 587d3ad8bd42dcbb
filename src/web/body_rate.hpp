// SPDX-License-Identifier: Apache-2.0
#pragma once
// The least speed of a request body: so many bytes in each window, or its end. Pure.

#include <cstdint>

#include "cus/base/clock.hpp"

namespace cus::web {

class BodyRate {
 public:
  BodyRate(Clock::duration window, std::uint64_t bytes, Clock::time_point now)
      : window_(window), bytes_(bytes), begun_(now) {}

  // When the next bytes must be there.
  Deadline deadline() const { return begun_ + window_; }
  void arrived(std::uint64_t bytes, Clock::time_point now) {
    in_window_ += bytes;
    if (in_window_ < bytes_) return;
    in_window_ = 0;
    begun_ = now;
  }

 private:
  Clock::duration window_;
  std::uint64_t bytes_;
  Clock::time_point begun_;
  std::uint64_t in_window_ = 0;
};

}  // namespace cus::web
