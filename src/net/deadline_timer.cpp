// SPDX-License-Identifier: Apache-2.0
#include "deadline_timer.hpp"

namespace cus::net {

namespace asio = boost::asio;

// Shared with the timer's handler, which may run after the stream is gone.
struct DeadlineTimer::State {
  explicit State(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  asio::cancellation_signal signal;
  Deadline deadline = no_deadline;
  Deadline scheduled = no_deadline;
  bool expired = false;
  bool closed = false;
};

DeadlineTimer::DeadlineTimer(const asio::any_io_executor& executor)
    : state_(std::make_shared<State>(executor)) {}

DeadlineTimer::~DeadlineTimer() {
  state_->closed = true;
  state_->timer.cancel();
}

DeadlineTimer::Guard::~Guard() {
  state_->deadline = no_deadline;
}

DeadlineTimer::Guard DeadlineTimer::arm(Deadline deadline) {
  state_->expired = false;
  state_->deadline = deadline;
  if (deadline < state_->scheduled) schedule(state_);
  return Guard(state_);
}

asio::cancellation_slot DeadlineTimer::slot() {
  return state_->signal.slot();
}

void DeadlineTimer::cancel() {
  state_->signal.emit(asio::cancellation_type::all);
}

bool DeadlineTimer::expired() const {
  return state_->expired;
}

void DeadlineTimer::schedule(const std::shared_ptr<State>& state) {
  state->scheduled = state->deadline;
  state->timer.expires_at(state->scheduled);
  state->timer.async_wait([state](const boost::system::error_code& error) {
    if (error || state->closed) return;
    state->scheduled = no_deadline;
    if (state->deadline == no_deadline) return;
    if (Clock::now() < state->deadline) {
      schedule(state);
      return;
    }
    state->expired = true;
    state->signal.emit(asio::cancellation_type::all);
  });
}

}  // namespace cus::net
