// SPDX-License-Identifier: Apache-2.0
#include "cus/net/stream.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "deadline_timer.hpp"

namespace cus::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// A peer that always has more must not keep the loop from everybody else.
constexpr unsigned max_reads_in_a_row = 16;

std::unexpected<Error> socket_error(error_code error, bool timed_out, std::string_view what) {
  if (timed_out) return fail(Code::timed_out, "The connection made no progress in time.", std::string(what));
  if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
    return fail(Code::cancelled, "The connection was closed.", std::string(what));
  }
  return fail(Code::io, "The connection broke.", std::string(what) + ": " + error.message());
}

template <class Socket>
class SocketStream final : public Stream {
 public:
  explicit SocketStream(Socket socket)
      : socket_(std::move(socket)), reads_(socket_.get_executor()), writes_(socket_.get_executor()) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
  }
  ~SocketStream() override { SocketStream::close(); }

  Task<Result<std::size_t>> read_some(std::span<char> into, Deadline deadline) override {
    // Most reads of a busy connection find their bytes waiting: try without the loop first.
    for (;;) {
      error_code error;
      const std::size_t got = socket_.read_some(asio::buffer(into.data(), into.size()), error);
      if (!error) {
        if (++reads_in_a_row_ < max_reads_in_a_row) co_return got;
        reads_in_a_row_ = 0;
        co_await asio::post(socket_.get_executor(), asio::use_awaitable);
        co_return got;
      }
      if (error == asio::error::eof) co_return 0U;
      if (error != asio::error::would_block) co_return socket_error(error, false, "read");
      reads_in_a_row_ = 0;
      const Result<bool> readable = co_await wait_readable(deadline);
      if (!readable) co_return std::unexpected(readable.error());
      if (!*readable) co_return socket_error({}, true, "read");
    }
  }

  Task<Result<>> write(std::string_view data, Deadline deadline) override {
    while (!data.empty()) {
      error_code error;
      const std::size_t sent = socket_.write_some(asio::buffer(data.data(), data.size()), error);
      if (!error) {
        data.remove_prefix(sent);
        continue;
      }
      if (error != asio::error::would_block) co_return socket_error(error, false, "write");
      const DeadlineTimer::Guard guard = writes_.arm(deadline);
      const auto [waited] = co_await socket_.async_wait(
          Socket::wait_write,
          asio::bind_cancellation_slot(writes_.slot(), asio::as_tuple(asio::use_awaitable)));
      if (!waited) continue;
      if (writes_.expired()) drop_unsent_at_close(true);
      co_return socket_error(waited, writes_.expired(), "write");
    }
    if (drops_unsent_) drop_unsent_at_close(false);
    co_return Result<>{};
  }

  Task<Result<bool>> wait_readable(Deadline deadline) override {
    const DeadlineTimer::Guard guard = reads_.arm(deadline);
    const auto [error] = co_await socket_.async_wait(
        Socket::wait_read, asio::bind_cancellation_slot(reads_.slot(), asio::as_tuple(asio::use_awaitable)));
    if (!error) co_return true;
    if (reads_.expired()) co_return false;
    co_return socket_error(error, false, "wait");
  }

  void cancel_reads() override { reads_.cancel(); }

  bool peer_closed() override {
    char byte = 0;
    error_code error;
    socket_.receive(asio::buffer(&byte, 1), Socket::message_peek, error);
    return error && error != asio::error::would_block;
  }

  void shutdown_send() override {
    error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() override {
    error_code ignored;
    socket_.close(ignored);
  }

  Executor executor() override { return socket_.get_executor(); }

 private:
  // A peer that does not read would keep what it is owed in the kernel long after the end.
  void drop_unsent_at_close(bool drop) {
    error_code ignored;
    socket_.set_option(asio::socket_base::linger(drop, 0), ignored);
    drops_unsent_ = drop;
  }

  Socket socket_;
  unsigned reads_in_a_row_ = 0;
  bool drops_unsent_ = false;
  DeadlineTimer reads_;
  DeadlineTimer writes_;
};

template <class Protocol>
Task<Result<StreamPtr>> connect(typename Protocol::endpoint endpoint, Deadline deadline, std::string what) {
  typename Protocol::socket socket(co_await asio::this_coro::executor);
  DeadlineTimer timer(socket.get_executor());
  error_code error;
  {
    const DeadlineTimer::Guard guard = timer.arm(deadline);
    const auto [connected] = co_await socket.async_connect(
        endpoint, asio::bind_cancellation_slot(timer.slot(), asio::as_tuple(asio::use_awaitable)));
    error = connected;
  }
  if (!error) co_return make_stream(std::move(socket));
  if (timer.expired()) co_return fail(Code::timed_out, "No connection in time.", what);
  co_return fail(Code::unavailable, "No connection.", what + ": " + error.message());
}

}  // namespace

StreamPtr make_stream(asio::ip::tcp::socket socket) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  return std::make_unique<SocketStream<asio::ip::tcp::socket>>(std::move(socket));
}

StreamPtr make_stream(asio::local::stream_protocol::socket socket) {
  return std::make_unique<SocketStream<asio::local::stream_protocol::socket>>(std::move(socket));
}

Task<Result<StreamPtr>> connect_unix(std::string path, Deadline deadline) {
  if (path.size() > 107)
    co_return fail(Code::invalid_argument, "The socket path is longer than 107 bytes.", path);
  co_return co_await connect<asio::local::stream_protocol>(asio::local::stream_protocol::endpoint(path),
                                                           deadline, "connect " + path);
}

Task<Result<StreamPtr>> connect_tcp(asio::ip::tcp::endpoint endpoint, Deadline deadline) {
  co_return co_await connect<asio::ip::tcp>(endpoint, deadline, "connect " + endpoint.address().to_string());
}

}  // namespace cus::net
