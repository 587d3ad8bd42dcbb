// SPDX-License-Identifier: Apache-2.0
#include "websocket_session.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "cus/base/utf8.hpp"
#include "frame_budget.hpp"
#include "websocket_wire.hpp"

namespace cus::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

constexpr auto as_value = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t least_space = 1536;  // what Beast reads at once
constexpr std::size_t first_space = 2048;  // an idle WebSocket holds this
constexpr std::size_t most_space = 65'536;
constexpr std::size_t max_reason = 123;
constexpr auto write_slack = std::chrono::milliseconds(100);
constexpr std::uint64_t max_read_while_closing = 1U << 20U;

bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

Error error_of(const error_code& error) {
  if (error == websocket::error::closed) return {Code::cancelled, "The peer closed the WebSocket.", ""};
  if (error == asio::error::timed_out) {
    return {Code::timed_out, "The peer of the WebSocket does not read.", ""};
  }
  if (error == beast::error::timeout) return {Code::timed_out, "The peer of the WebSocket is silent.", ""};
  if (error == websocket::error::message_too_big) {
    return {Code::too_large, "A WebSocket message is too large.", ""};
  }
  if (error == websocket::condition::protocol_violation || error == websocket::error::bad_frame_payload) {
    return {Code::protocol, "The peer broke the WebSocket protocol.", error.message()};
  }
  if (error == asio::error::operation_aborted) return {Code::cancelled, "The WebSocket was closed.", ""};
  return {Code::io, "The WebSocket's connection broke.", error.message()};
}

// Calls at a deadline, unless it was turned off before.
class Alarm {
 public:
  explicit Alarm(const Executor& executor) : timer_(executor) {}

  template <class Owner, class Action>
  void set(Deadline deadline, const std::shared_ptr<Owner>& owner, Action action) {
    ++turn_;
    if (deadline == no_deadline) return;
    timer_.expires_at(deadline);
    timer_.async_wait(
        [this, turn = turn_, owner = std::weak_ptr<Owner>(owner), action](const error_code& error) {
          const std::shared_ptr<Owner> alive = owner.lock();
          if (!error && alive && turn == turn_) action(*alive);
        });
  }
  void off() {
    ++turn_;
    timer_.cancel();
  }

 private:
  asio::steady_timer timer_;
  std::uint64_t turn_ = 0;
};

class BeastWebSocket final : public WebSocketSession, public std::enable_shared_from_this<BeastWebSocket> {
 public:
  BeastWebSocket(net::HttpConnection& http, WebSocketOptions options, std::string protocol, HeldBytes held)
      : options_(std::move(options)),
        protocol_(std::move(protocol)),
        held_(held),
        budget_(options_.control_frames, Clock::now()),
        wire_(http),
        ws_(WebSocketStream(wire_)),
        reading_alarm_(wire_.executor()),
        writing_alarm_(wire_.executor()),
        closing_alarm_(wire_.executor()),
        turn_(wire_.executor()),
        ended_(wire_.executor()) {
    ws_.auto_fragment(false);
    ws_.read_message_max(options_.message_bytes);
    set_idle(websocket::stream_base::none());
    ws_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
      if (kind != websocket::frame_type::close) on_control_frame(payload.size());
    });
    wire_.set_observer([this](std::size_t bytes) { on_received(bytes); });
  }
  BeastWebSocket(const BeastWebSocket&) = delete;
  BeastWebSocket& operator=(const BeastWebSocket&) = delete;
  ~BeastWebSocket() override { release(); }

  Task<Result<>> accept(const std::string& key, const std::string& request_id);

  const std::string& protocol() const override { return protocol_; }
  const CloseReason& peer_close() const override { return peer_close_; }
  std::uint64_t bytes_sent() const override { return wire_.bytes_sent(); }
  Task<Result<Message>> read(Deadline deadline) override;
  Task<Result<>> write(std::string_view data, Kind kind, Deadline deadline) override;
  Task<> close(std::uint16_t code, std::string_view reason, Deadline deadline) override;
  void end_for_stop() override {
    end(going_away, "The server is stopping.", {Code::unavailable, "The server is stopping.", ""});
  }
  Task<> finish(Clock::duration linger) override;

 private:
  // Only while somebody reads can it be told whether the peer is silent.
  void set_idle(Clock::duration idle) {
    ws_.set_option(websocket::stream_base::timeout{
        .handshake_timeout = options_.close_wait, .idle_timeout = idle, .keep_alive_pings = true});
  }
  Task<Result<Message>> read_message();
  Task<Error> failure_of(error_code error);
  void on_control_frame(std::size_t payload);
  void on_received(std::size_t bytes);
  void refuse(std::uint16_t code, std::string_view reason, Error failure);
  void end(std::uint16_t code, std::string_view reason, Error failure);
  void fall(Error failure);
  void cut_off(Error failure);
  bool hold(std::uint64_t bytes);
  void release();

  WebSocketOptions options_;
  std::string protocol_;
  HeldBytes held_;
  std::uint64_t holding_ = 0;  // of those bytes, ours
  FrameBudget budget_;
  WebSocketWire wire_;
  websocket::stream<WebSocketStream, false> ws_;
  Alarm reading_alarm_;
  Alarm writing_alarm_;
  Alarm closing_alarm_;
  CloseReason peer_close_;
  bool reading_ = false;
  bool writing_ = false;
  bool ending_ = false;  // `failure_` says why
  Error failure_;
  Event turn_;   // a writer has finished
  Event ended_;  // nothing more will be sent or read
};

Task<Result<>> BeastWebSocket::accept(const std::string& key, const std::string& request_id) {
  wire_.set_owner(weak_from_this());
  // Only what was checked gets to Beast; an offer of extensions does not.
  http::request<http::empty_body> request(http::verb::get, "/", 11);
  request.set(http::field::host, "localhost");
  request.set(http::field::connection, "upgrade");
  request.set(http::field::upgrade, "websocket");
  request.set(http::field::sec_websocket_version, "13");
  request.set(http::field::sec_websocket_key, key);
  ws_.set_option(
      websocket::stream_base::decorator([chosen = protocol_, request_id](websocket::response_type& response) {
        response.set(http::field::server, "computer-use-server");
        response.set("X-Request-Id", request_id);
        if (!chosen.empty()) response.set(http::field::sec_websocket_protocol, chosen);
      }));
  const auto [error] = co_await ws_.async_accept(request, as_value);
  if (!error) co_return Result<>{};
  fall(error_of(error));
  co_await wire_.abandon();
  co_return std::unexpected(failure_);
}

Task<Result<WebSocket::Message>> BeastWebSocket::read(Deadline deadline) {
  if (reading_) co_return fail(Code::internal, "Two tasks read from one WebSocket.");
  if (ending_) co_return std::unexpected(failure_);
  release();
  reading_ = true;
  reading_alarm_.set(deadline, shared_from_this(), [](BeastWebSocket& self) {
    self.end(going_away, "Nothing came in time.",
             {Code::timed_out, "No WebSocket message came in time.", ""});
  });
  set_idle(options_.idle);
  Result<Message> message = co_await read_message();
  set_idle(websocket::stream_base::none());
  reading_alarm_.off();
  reading_ = false;
  co_return message;
}

Task<Result<WebSocket::Message>> BeastWebSocket::read_message() {
  Message message;
  std::size_t filled = 0;
  for (std::size_t pieces = 0; !ending_; ++pieces) {
    if (message.data.size() - filled < least_space) {
      message.data.resize(filled + std::clamp(filled, first_space, most_space));
    }
    const auto [error, got] = co_await ws_.async_read_some(
        asio::buffer(message.data.data() + filled, message.data.size() - filled), as_value);
    if (error) co_return std::unexpected(co_await failure_of(error));
    filled += got;
    budget_.delivered(got);
    if (!hold(got)) {
      end(try_again_later, "The server holds too many messages.",
          {Code::unavailable, "The server is busy with other large messages.", ""});
    } else if (ws_.is_message_done()) {
      message.data.resize(filled);
      message.kind = ws_.got_text() ? Kind::text : Kind::binary;
      co_return message;
    } else if (pieces >= options_.pieces) {
      end(policy, "Too many fragments.", {Code::too_many, "A WebSocket message has too many fragments.", ""});
    }
  }
  co_return std::unexpected(co_await failure_of({}));
}

// After Beast's read has ended.
Task<Error> BeastWebSocket::failure_of(error_code error) {
  if (!ending_) {
    if (error == websocket::error::closed) {
      const websocket::close_reason& reason = ws_.reason();
      const bool sent = reason.code != websocket::close_code::no_status;
      peer_close_ = {.code = sent ? reason.code : std::uint16_t{0},
                     .text = {reason.reason.data(), reason.reason.size()}};
    }
    fall(error_of(error));
  }
  co_await ended_.wait();
  co_return failure_;
}

Task<Result<>> BeastWebSocket::write(std::string_view data, Kind kind, Deadline deadline) {
  if (kind == Kind::text && !utf8::valid(data)) {
    co_return fail(Code::invalid_argument, "A text message must be valid UTF-8.");
  }
  while (writing_) {
    turn_.reset();
    if (!co_await turn_.wait(deadline)) co_return fail(Code::timed_out, "Other messages were not taken.");
  }
  if (ending_) co_return std::unexpected(failure_);
  writing_ = true;
  wire_.set_write_deadline(deadline);
  // For a message that waits behind a pong; else the wire notices.
  const Deadline last = deadline == no_deadline ? no_deadline : deadline + write_slack;
  writing_alarm_.set(last, shared_from_this(),
                     [](BeastWebSocket& self) { self.cut_off(error_of(asio::error::timed_out)); });
  ws_.text(kind == Kind::text);
  const auto [error, sent] = co_await ws_.async_write(asio::buffer(data), as_value);
  writing_alarm_.off();
  wire_.set_write_deadline(no_deadline);
  writing_ = false;
  turn_.set();
  if (!error) co_return Result<>{};
  // Who reads learns why, unless it is the writing that failed.
  if (!reading_ || error != asio::error::operation_aborted) cut_off(error_of(error));
  co_return std::unexpected(ending_ ? failure_ : error_of(error));
}

Task<> BeastWebSocket::close(std::uint16_t code, std::string_view reason, Deadline deadline) {
  end(may_be_sent(code) ? code : normal, reason, {Code::cancelled, "The WebSocket was closed.", ""});
  if (co_await ended_.wait(deadline)) co_return;
  wire_.close();
  co_await ended_.wait();
}

Task<> BeastWebSocket::finish(Clock::duration linger) {
  end(internal_error, "", {Code::internal, "The WebSocket was left open.", ""});
  co_await ended_.wait();
  co_await wire_.drain(linger);
  co_await wire_.abandon();
  release();
}

void BeastWebSocket::on_control_frame(std::size_t payload) {
  if (budget_.take_control_frame(payload, Clock::now())) return;
  refuse(policy, "Too many pings.", {Code::too_many, "The peer sends too many control frames.", ""});
}

void BeastWebSocket::on_received(std::size_t bytes) {
  budget_.received(bytes);
  if (!budget_.is_exceeded()) return;
  refuse(policy, "Too many empty frames.", {Code::too_many, "The peer sends too many empty frames.", ""});
}

// Ends it from within one of Beast's operations: after that has made its step.
void BeastWebSocket::refuse(std::uint16_t code, std::string_view reason, Error failure) {
  if (ending_) return;
  asio::post(wire_.executor(), [self = shared_from_this(), code, reason, failure = std::move(failure)] {
    self->end(code, reason, failure);
  });
}

void BeastWebSocket::end(std::uint16_t code, std::string_view reason, Error failure) {
  if (ending_) return;
  ending_ = true;
  failure_ = std::move(failure);
  wire_.limit_reads(max_read_while_closing);
  closing_alarm_.set(after(options_.close_wait), shared_from_this(),
                     [](BeastWebSocket& self) { self.wire_.close(); });
  const std::string_view cut = utf8::prefix(reason, max_reason);
  const websocket::close_reason said(static_cast<websocket::close_code>(code), {cut.data(), cut.size()});
  ws_.async_close(said, [self = shared_from_this()](const error_code&) {
    self->closing_alarm_.off();
    self->ended_.set();
  });
}

// It has ended by itself.
void BeastWebSocket::fall(Error failure) {
  if (ending_) return;
  ending_ = true;
  failure_ = std::move(failure);
  ended_.set();
}

void BeastWebSocket::cut_off(Error failure) {
  if (ending_) return;
  fall(std::move(failure));
  wire_.close();
}

bool BeastWebSocket::hold(std::uint64_t bytes) {
  holding_ += bytes;
  held_.total += bytes;
  return held_.total <= held_.limit;
}

void BeastWebSocket::release() {
  if (holding_ == 0) return;
  held_.total -= holding_;
  holding_ = 0;
}

}  // namespace

Task<Result<std::shared_ptr<WebSocketSession>>> accept_websocket(net::HttpConnection& http,
                                                                 Handshake handshake, std::string request_id,
                                                                 WebSocketOptions options, HeldBytes held) {
  const auto session =
      std::make_shared<BeastWebSocket>(http, std::move(options), std::move(handshake.protocol), held);
  const Result<> accepted = co_await session->accept(handshake.key, request_id);
  if (!accepted) co_return std::unexpected(accepted.error());
  co_return session;
}

}  // namespace cus::web
