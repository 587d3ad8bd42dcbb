// SPDX-License-Identifier: Apache-2.0
#include "cus/base/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cus {

namespace asio = boost::asio;

Event::Event(Executor executor) : timer_(std::move(executor)) {
  timer_.expires_at(no_deadline);
}

void Event::set() {
  set_ = true;
  timer_.cancel();
}

// Waiters with a deadline use a timer of their own: sharing one would let the first deadline wake all of
// them.
Task<bool> Event::wait(Deadline deadline) {
  while (!set_) {
    if (deadline == no_deadline) {
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    if (Clock::now() >= deadline) co_return false;
    asio::steady_timer limit(timer_.get_executor());
    limit.expires_at(deadline);
    asio::cancellation_signal give_up;
    limit.async_wait([&give_up](boost::system::error_code error) {
      if (!error) give_up.emit(asio::cancellation_type::all);
    });
    co_await timer_.async_wait(
        asio::bind_cancellation_slot(give_up.slot(), asio::as_tuple(asio::use_awaitable)));
    limit.cancel();
    // The handler above refers to this frame: let it run before the frame goes.
    co_await asio::post(timer_.get_executor(), asio::use_awaitable);
  }
  co_return true;
}

Task<> sleep_until(Deadline deadline) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_at(deadline);
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

}  // namespace cus
