// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a WebSocket's peer may send besides messages: so many control frames a second, and few bytes that
// bring nothing, such as the headers of empty fragments, of which a message could have any number. Pure.

#include <algorithm>
#include <cstdint>

#include "cus/base/clock.hpp"

namespace cus::web {

class FrameBudget {
 public:
  FrameBudget(unsigned control_frames_a_second, Clock::time_point now)
      : rate_(control_frames_a_second), left_(control_frames_a_second), counted_(now) {}

  void received(std::uint64_t bytes) { nothing_ += bytes; }
  // One piece of a message came out of it.
  void delivered(std::uint64_t bytes) { justify(bytes); }
  // Whether a ping or pong is still within what is allowed.
  bool take_control_frame(std::uint64_t payload, Clock::time_point now) {
    justify(payload);
    const std::chrono::duration<double> passed = now - counted_;
    counted_ = now;
    left_ = std::min(rate_, left_ + passed.count() * rate_) - 1;
    return left_ >= 0;
  }
  bool is_exceeded() const { return nothing_ > max_bytes_for_nothing; }

 private:
  static constexpr std::uint64_t frame_header = 14;
  // More than one read brings before it can be counted as delivered.
  static constexpr std::uint64_t max_bytes_for_nothing = 256U << 10U;

  void justify(std::uint64_t bytes) { nothing_ -= std::min(nothing_, bytes + frame_header); }

  double rate_;
  double left_;
  Clock::time_point counted_;
  std::uint64_t nothing_ = 0;
};

}  // namespace cus::web
