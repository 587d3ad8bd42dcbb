// SPDX-License-Identifier: Apache-2.0
#include "websocket_wire.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>

#include "cus/base/spawn.hpp"

namespace cus::web {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// A client may be in the middle of a large message that was refused from its header.
constexpr std::uint64_t max_drained = 16U << 20U;
constexpr auto write_stall = std::chrono::seconds(30);

error_code to_error_code(const Error& error) {
  if (error.code == Code::cancelled) return asio::error::operation_aborted;
  if (error.code == Code::timed_out) return asio::error::timed_out;
  return asio::error::connection_reset;
}

}  // namespace

class WebSocketWire::InFlight {
 public:
  explicit InFlight(WebSocketWire& wire) : wire_(wire) { ++wire_.in_flight_; }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;
  ~InFlight() {
    if (--wire_.in_flight_ == 0) wire_.quiet_.set();
  }

 private:
  WebSocketWire& wire_;
};

void WebSocketWire::read(asio::mutable_buffer into, Done done) {
  spawn(executor(), "websocket.read", read_task(owner_.lock(), into, std::move(done)));
}

void WebSocketWire::write(std::string copy, std::string_view view, Done done) {
  spawn(executor(), "websocket.write", write_task(owner_.lock(), std::move(copy), view, std::move(done)));
}

Task<> WebSocketWire::read_task(std::shared_ptr<void> owner, asio::mutable_buffer into, Done done) {
  const InFlight in_flight(*this);
  const Result<std::size_t> got = co_await read_some({static_cast<char*>(into.data()), into.size()});
  if (got && observer_) observer_(*got);
  error_code error;
  if (!got) {
    error = to_error_code(got.error());
  } else if (*got == 0) {
    error = asio::error::eof;
  }
  complete(std::move(owner), std::move(done), error, got.value_or(0));
}

Task<Result<std::size_t>> WebSocketWire::read_some(std::span<char> into) {
  if (abandoned_) co_return fail(Code::cancelled, "The connection was closed.");
  into = into.first(std::min<std::uint64_t>(into.size(), readable_));
  if (into.empty()) co_return 0U;
  std::size_t size = std::min(into.size(), early_.size());
  if (size > 0) {
    std::copy_n(early_.begin(), size, into.begin());
    early_.erase(0, size);
  } else {
    const Result<std::size_t> got = co_await stream_.read_some(into, no_deadline);
    if (!got) co_return std::unexpected(got.error());
    size = *got;
  }
  readable_ -= std::min<std::uint64_t>(readable_, size);
  co_return size;
}

Task<> WebSocketWire::write_task(std::shared_ptr<void> owner, std::string copy, std::string_view view,
                                 Done done) {
  const InFlight in_flight(*this);
  const std::string_view data = copy.empty() ? view : std::string_view(copy);
  error_code error = asio::error::operation_aborted;
  if (!abandoned_) {
    const Result<> written = co_await stream_.write(data, std::min(write_deadline_, after(write_stall)));
    error = written ? error_code() : to_error_code(written.error());
  }
  if (!error) sent_ += data.size();
  complete(std::move(owner), std::move(done), error, error ? 0 : data.size());
}

// Never from within the operation that began it, and with the owner alive until Beast has taken note.
void WebSocketWire::complete(std::shared_ptr<void> owner, Done done, error_code error, std::size_t size) {
  asio::post(executor(), [owner = std::move(owner), done = std::move(done), error, size]() mutable {
    done(error, size);
  });
}

Task<> WebSocketWire::drain(Clock::duration time) {
  if (in_flight_ > 0) co_return;
  const InFlight in_flight(*this);
  stream_.shutdown_send();
  std::array<char, 16'384> scrap;
  const Deadline deadline = after(time);
  for (std::uint64_t total = early_.size(); total < max_drained;) {
    const Result<std::size_t> got = co_await stream_.read_some(scrap, deadline);
    if (!got || *got == 0) co_return;
    total += *got;
  }
}

Task<> WebSocketWire::abandon() {
  abandoned_ = true;
  stream_.close();
  while (in_flight_ > 0) {
    quiet_.reset();
    co_await quiet_.wait();
  }
}

}  // namespace cus::web
