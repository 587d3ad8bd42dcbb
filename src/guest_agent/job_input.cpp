// SPDX-License-Identifier: Apache-2.0
#include "job_input.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "launch.hpp"

namespace cus::guest_agent {

namespace asio = boost::asio;
using boost::system::error_code;

JobInput::JobInput(Executor executor, Fd pipe)
    : executor_(std::move(executor)), pipe_(executor_), room_(executor_) {
  error_code ignored;
  pipe_.assign(pipe.release(), ignored);
  pipe_.non_blocking(true, ignored);
}

void JobInput::push(std::string_view bytes) {
  if (!pipe_.is_open() || finishing_) return;
  pending_.append(bytes);
  write_some();
}

void JobInput::finish() {
  finishing_ = true;
  if (pipe_.is_open()) write_some();
}

void JobInput::close() {
  error_code ignored;
  pipe_.close(ignored);
  pending_.clear();
  room_.set();
}

Task<> JobInput::wait_for_room() {
  room_.reset();
  co_await room_.wait(after(std::chrono::seconds(1)));
}

void JobInput::write_some() {
  std::size_t written = 0;
  error_code error;
  while (written < pending_.size() && !error) {
    written += pipe_.write_some(asio::buffer(pending_.data() + written, pending_.size() - written), error);
  }
  pending_.erase(0, written);
  const bool broken = error && error != asio::error::would_block;
  if (broken || (pending_.empty() && finishing_)) {
    close();
  } else if (!pending_.empty() && !pumping_) {
    pumping_ = true;
    launch(executor_, pump(shared_from_this()));
  }
  if (!full()) room_.set();
}

Task<> JobInput::pump(std::shared_ptr<JobInput> self) {
  while (self->pipe_.is_open() && !self->pending_.empty()) {
    const auto [error] = co_await self->pipe_.async_wait(asio::posix::stream_descriptor::wait_write,
                                                         asio::as_tuple(asio::use_awaitable));
    if (error) break;
    self->write_some();
  }
  self->pumping_ = false;
}

}  // namespace cus::guest_agent
