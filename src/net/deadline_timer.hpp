// SPDX-License-Identifier: Apache-2.0
#pragma once
// The deadline of one direction of a stream. Arming is cheap: the timer behind it is only moved when it would
// fire too late, so that a kept connection with a deadline for each request sets few timers.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "cus/base/clock.hpp"

namespace cus::net {

class DeadlineTimer {
 public:
  explicit DeadlineTimer(const boost::asio::any_io_executor& executor);
  DeadlineTimer(const DeadlineTimer&) = delete;
  DeadlineTimer& operator=(const DeadlineTimer&) = delete;
  ~DeadlineTimer();

  struct State;

  // Disarms when the operation is over; the timer itself may be gone by then.
  class Guard {
   public:
    explicit Guard(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard();

   private:
    std::shared_ptr<State> state_;
  };

  [[nodiscard]] Guard arm(Deadline deadline);
  boost::asio::cancellation_slot slot();
  // Ends the operation that uses the slot before its deadline.
  void cancel();
  // Whether the last armed operation ran into its deadline.
  bool expired() const;

 private:
  static void schedule(const std::shared_ptr<State>& state);
  std::shared_ptr<State> state_;
};

}  // namespace cus::net
