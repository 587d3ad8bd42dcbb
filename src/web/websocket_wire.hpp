// SPDX-License-Identifier: Apache-2.0
#pragma once
// A net::Stream in the shape Beast's WebSocket asks for: WebSocketStream is what Beast holds, WebSocketWire
// does its reads and writes as tasks, each of which keeps the owner of both alive. Beast's operations have no
// deadline of their own: a write has one here, a read ends when the owner closes the wire.

#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <functional>
#include <memory>

#include "cus/base/event.hpp"
#include "cus/net/http.hpp"

namespace cus::web {

class WebSocketWire {
 public:
  using Done = std::move_only_function<void(const boost::system::error_code&, std::size_t)>;

  explicit WebSocketWire(net::HttpConnection& http)
      : stream_(http.stream()), early_(http.take_buffered()), quiet_(stream_.executor()) {}

  void set_owner(std::weak_ptr<void> owner) { owner_ = std::move(owner); }
  // Called with the size of every read, before its bytes are looked at.
  void set_observer(std::function<void(std::size_t)> observer) { observer_ = std::move(observer); }

  void read(boost::asio::mutable_buffer into, Done done);
  // Either a copy or a view that stays valid until `done`.
  void write(std::string copy, std::string_view view, Done done);

  // Of the writes that begin from now on, if it is earlier than the one that every write has.
  void set_write_deadline(Deadline deadline) { write_deadline_ = deadline; }
  // From now on so much is read and no more: a peer that was told to go.
  void limit_reads(std::uint64_t bytes) { readable_ = std::min(readable_, bytes); }
  void shutdown_send() { stream_.shutdown_send(); }
  void close() { stream_.close(); }
  // Ends the sending side and throws away what still comes, so that closing does not take back what was sent.
  Task<> drain(Clock::duration time);
  // Closes; returns when no task uses the stream any more, and lets none begin.
  Task<> abandon();
  Executor executor() { return stream_.executor(); }
  std::uint64_t bytes_sent() const { return sent_; }

 private:
  class InFlight;
  Task<> read_task(std::shared_ptr<void> owner, boost::asio::mutable_buffer into, Done done);
  Task<> write_task(std::shared_ptr<void> owner, std::string copy, std::string_view view, Done done);
  Task<Result<std::size_t>> read_some(std::span<char> into);
  void complete(std::shared_ptr<void> owner, Done done, boost::system::error_code error, std::size_t size);

  net::Stream& stream_;
  std::string early_;  // arrived with the request
  std::weak_ptr<void> owner_;
  std::function<void(std::size_t)> observer_;
  std::uint64_t readable_ = std::uint64_t{1} << 62U;
  std::uint64_t sent_ = 0;
  Deadline write_deadline_ = no_deadline;
  bool abandoned_ = false;
  std::size_t in_flight_ = 0;
  Event quiet_;
};

// The first buffer that is not empty.
template <class Buffer, class Buffers>
Buffer first_buffer(const Buffers& buffers) {
  const auto end = boost::asio::buffer_sequence_end(buffers);
  for (auto at = boost::asio::buffer_sequence_begin(buffers); at != end; ++at) {
    if (Buffer(*at).size() > 0) return *at;
  }
  return {};
}

class WebSocketStream {
 public:
  using executor_type = Executor;
  explicit WebSocketStream(WebSocketWire& wire) : wire_(&wire) {}
  executor_type get_executor() const { return wire_->executor(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [wire = wire_](auto handler, boost::asio::mutable_buffer into) {
          wire->read(into, std::move(handler));
        },
        token, first_buffer<boost::asio::mutable_buffer>(buffers));
  }

  // Small buffers are joined, so that a frame's header does not travel alone.
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    constexpr std::size_t small = 4096;
    const auto first = first_buffer<boost::asio::const_buffer>(buffers);
    std::string copy;
    if (first.size() < small) {
      copy.resize(std::min(small, boost::asio::buffer_size(buffers)));
      boost::asio::buffer_copy(boost::asio::buffer(copy), buffers);
    }
    const std::string_view view(static_cast<const char*>(first.data()), first.size());
    return boost::asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [wire = wire_](auto handler, std::string copied, std::string_view whole) {
          wire->write(std::move(copied), whole, std::move(handler));
        },
        token, std::move(copy), view);
  }

  // What Beast calls when a close is complete, and when a deadline of its own has passed.
  template <class Handler>
  friend void async_teardown(boost::beast::role_type, WebSocketStream& stream, Handler&& handler) {
    stream.wire_->shutdown_send();
    boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
      handler(boost::system::error_code{});
    });
  }
  friend void beast_close_socket(WebSocketStream& stream) { stream.wire_->close(); }

 private:
  WebSocketWire* wire_;
};

}  // namespace cus::web
