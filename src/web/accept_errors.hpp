// SPDX-License-Identifier: Apache-2.0
#pragma once
// What to do when accept() fails: never spin, never give up, log once a second. Pure.

#include <boost/system/error_code.hpp>
#include <cstdint>

#include "cus/base/clock.hpp"

namespace cus::web {

enum class AcceptAction {
  stop,   // the listener was closed
  retry,  // that one connection was lost; the next may be fine
  pause,  // out of descriptors or memory: wait a moment
};

class AcceptErrors {
 public:
  AcceptAction judge(const boost::system::error_code& error) const;
  // Whether to write a log line now; `suppressed` then tells how many were not written.
  bool should_log(Clock::time_point now);
  std::uint64_t suppressed() const { return suppressed_; }

 private:
  Clock::time_point last_logged_ = Clock::time_point::min();
  std::uint64_t since_ = 0;
  std::uint64_t suppressed_ = 0;
};

}  // namespace cus::web
