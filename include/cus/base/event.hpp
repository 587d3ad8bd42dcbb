// SPDX-License-Identifier: Apache-2.0
#pragma once
// A flag that tasks of one event loop wait for. Any number of waiters; set() wakes all of them and stays set
// until reset(). Not thread-safe: it belongs to the loop. Must outlive its waiters.

#include <boost/asio/steady_timer.hpp>

#include "cus/base/clock.hpp"
#include "cus/base/task.hpp"

namespace cus {

class Event {
 public:
  explicit Event(Executor executor);
  void set();
  void reset() { set_ = false; }
  bool is_set() const { return set_; }
  // True when the flag was set before the deadline.
  Task<bool> wait(Deadline deadline = no_deadline);

 private:
  boost::asio::steady_timer timer_;
  bool set_ = false;
};

// Waits until `deadline`.
Task<> sleep_until(Deadline deadline);

}  // namespace cus
