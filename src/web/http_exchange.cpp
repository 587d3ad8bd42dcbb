// SPDX-License-Identifier: Apache-2.0
#include "http_exchange.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include "body_rate.hpp"
#include "sse.hpp"

namespace cus::web {
namespace {

constexpr std::size_t slice = 65'536;
constexpr std::size_t max_drained = 65'536;
constexpr auto drain_time = std::chrono::seconds(2);

std::string http_date() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm utc{};
  if (::gmtime_r(&now, &utc) == nullptr) return {};
  std::array<char, 40> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &utc)};
}

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

}  // namespace

HttpExchange::HttpExchange(net::HttpConnection& http, const ServerLimits& limits, Totals& totals, Wire wire,
                           Request request, net::Headers extra)
    : http_(http),
      limits_(limits),
      totals_(totals),
      wire_(wire),
      request_(std::move(request)),
      extra_(std::move(extra)),
      turn_(http.stream().executor()),
      wake_(http.stream().executor()),
      watched_(http.stream().executor()) {}

HttpExchange::~HttpExchange() {
  totals_.held_bytes -= held_;
  if (socket_) --totals_.websockets;
  if (is_event_stream_) --totals_.event_streams;
}

Task<Result<>> HttpExchange::begin_body(std::uint64_t limit) {
  if (wire_.content_length.value_or(0) > limit) {
    co_return fail(Code::too_large, "The request body is larger than " + std::to_string(limit) + " bytes.");
  }
  if (!wire_.expects_continue || http_.has_buffered()) co_return Result<>{};
  wire_.expects_continue = false;
  co_return co_await http_.write("HTTP/1.1 100 Continue\r\n\r\n", after(limits_.write_stall));
}

Task<Result<std::string>> HttpExchange::read_body(std::uint64_t limit) {
  limit = std::min(limit, limits_.body_bytes);
  const Result<> begun = co_await begin_body(limit);
  Result<std::string> body = begun ? Result<std::string>() : std::unexpected(begun.error());
  if (begun) body = co_await collect_body(limit);
  if (!body) close_after();
  co_return body;
}

Task<Result<std::string>> HttpExchange::collect_body(std::uint64_t limit) {
  BodyRate rate(limits_.body_window, limits_.body_bytes_per_window, Clock::now());
  std::string body;
  std::array<char, 16'384> piece;
  while (!interrupted_) {
    const Result<std::size_t> got = co_await http_.read_body_some(piece, rate.deadline());
    if (!got && interrupted_) break;
    if (!got && got.error().code == Code::timed_out) {
      co_return fail(Code::timed_out, "The request body arrived too slowly.");
    }
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return body;
    if (body.size() + *got > limit) {
      co_return fail(Code::too_large, "The request body is larger than " + std::to_string(limit) + " bytes.");
    }
    if (totals_.held_bytes + *got > limits_.body_bytes_total) {
      co_return fail(Code::unavailable, "The server is busy with other large requests. Try again.");
    }
    totals_.held_bytes += *got;
    held_ += *got;
    body.append(piece.data(), *got);
    rate.arrived(*got, Clock::now());
  }
  co_return fail(Code::unavailable, "The server is stopping. Try again in a moment.");
}

// Whether the next request can be reached by reading what is left of this one's body.
bool HttpExchange::is_rest_small() const {
  if (http_.message_done()) return true;
  return !wire_.chunked && !wire_.expects_continue && wire_.content_length.value_or(0) <= max_drained;
}

std::string HttpExchange::make_head(int status, net::Headers headers) {
  status_ = status;
  wire_.keep_alive = wire_.keep_alive && !interrupted_ && is_rest_small();
  headers.set("Date", http_date());
  headers.set("X-Request-Id", request_.request_id);
  headers.set("X-Content-Type-Options", "nosniff");
  if (!headers.find("Cache-Control")) headers.set("Cache-Control", "no-store");
  for (const net::Header& field : extra_.fields) headers.set(field.name, field.value);
  if (!wire_.keep_alive) {
    headers.set("Connection", "close");
  } else if (wire_.version < 11) {
    headers.set("Connection", "keep-alive");
  }
  return net::format_response(status, headers);
}

Task<Result<>> HttpExchange::respond(Response response) {
  if (begun()) co_return fail(Code::internal, "This request was answered before.");
  state_ = State::streaming;
  if (!has_no_body(response.status)) {
    response.headers.set("Content-Length", std::to_string(response.body.size()));
  }
  std::string head = make_head(response.status, std::move(response.headers));
  const bool with_body = !is_head_request() && !has_no_body(response.status);
  if (with_body && response.body.size() <= slice) {
    head += response.body;  // one segment for small answers
    co_return co_await write_frame(std::move(head), State::done);
  }
  const Result<> written = co_await write_frame(std::move(head), with_body ? State::streaming : State::done);
  if (!written || !with_body) co_return written;
  co_return co_await write_frame(std::move(response.body), State::done);
}

Task<Result<>> HttpExchange::start_events(net::Headers extra) {
  if (begun()) co_return fail(Code::internal, "This request was answered before.");
  state_ = State::streaming;
  is_event_stream_ = true;
  ++totals_.event_streams;
  slot_ = {};
  extra.set("Content-Type", "text/event-stream");
  extra.set("Cache-Control", "no-cache, no-transform");
  extra.set("X-Accel-Buffering", "no");
  if (wire_.version < 11) {
    close_after();  // the end of the connection is the end of the stream
  } else {
    extra.set("Transfer-Encoding", "chunked");
  }
  co_return co_await write_frame(make_head(200, std::move(extra)), State::streaming);
}

Task<Result<>> HttpExchange::send_event(std::string_view data, std::string_view id) {
  return write_frame(chunk(format_event(data, id)), State::streaming);
}

Task<Result<>> HttpExchange::send_priming(std::string_view id, std::chrono::milliseconds retry) {
  return write_frame(chunk(format_priming(id, retry)), State::streaming);
}

Task<Result<>> HttpExchange::send_comment(std::string_view text) {
  return write_frame(chunk(format_comment(text)), State::streaming);
}

Task<Result<>> HttpExchange::end_events() {
  const bool has_chunks = wire_.version >= 11 && !is_head_request();
  return write_frame(has_chunks ? "0\r\n\r\n" : "", State::done);
}

std::string HttpExchange::chunk(std::string text) const {
  if (is_head_request()) return {};
  if (wire_.version < 11) return text;
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), text.size(), 16).ptr;
  return std::string(size.data(), end).append("\r\n").append(text).append("\r\n");
}

// One frame at a time: progress, comments and the answer may come from different tasks.
Task<Result<>> HttpExchange::write_frame(std::string frame, State next) {
  while (writing_) {
    turn_.reset();
    co_await turn_.wait();
  }
  if (state_ != State::streaming) co_return fail(Code::cancelled, "The answer has ended.");
  writing_ = true;
  const Result<> written = co_await write(frame);
  writing_ = false;
  turn_.set();
  if (!written) {
    finish_as(State::broken);
  } else if (next == State::done) {
    finish_as(State::done);
  }
  co_return written;
}

Task<Result<>> HttpExchange::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, slice);
    const Result<> written = co_await http_.write(piece, after(limits_.write_stall));
    if (!written) co_return written;
    sent_ += piece.size();
    bytes.remove_prefix(piece.size());
  }
  co_return Result<>{};
}

void HttpExchange::finish_as(State state) {
  state_ = state;
  wake_.set();
  if (watching_) http_.stream().cancel_reads();
}

void HttpExchange::interrupt() {
  interrupted_ = true;
  wake_.set();
  if (socket_) {
    socket_->end_for_stop();
  } else {
    http_.stream().cancel_reads();
  }
}

Task<Result<WebSocketPtr>> HttpExchange::upgrade(WebSocketOptions options) {
  if (begun()) co_return fail(Code::internal, "This request was answered before.");
  std::expected<Handshake, Response> handshake =
      check_upgrade(request_, wire_.version, !http_.message_done(), options.protocols);
  if (!handshake) {
    co_await respond(std::move(handshake.error()));
    co_return fail(Code::invalid_argument, "The request does not ask for a WebSocket.");
  }
  state_ = State::streaming;
  status_ = 101;
  close_after();
  auto accepted =
      co_await accept_websocket(http_, std::move(*handshake), request_.request_id, std::move(options),
                                {.total = totals_.held_bytes, .limit = limits_.body_bytes_total});
  if (!accepted) {
    finish_as(State::broken);
    co_return std::unexpected(accepted.error());
  }
  socket_ = std::move(*accepted);
  ++totals_.websockets;
  slot_ = {};
  if (interrupted_) socket_->end_for_stop();
  co_return socket_;
}

Task<bool> HttpExchange::peer_gone(Deadline deadline) {
  ++watchers_;
  // Bytes that wait hide the end behind them, and two tasks cannot watch one stream.
  const bool can_watch = !watching_ && !socket_ && http_.message_done() && !http_.has_buffered();
  bool gone = false;
  if (can_watch) gone = co_await watch_stream(deadline);
  if (!gone && state_ != State::done) {
    co_await wake_.wait(deadline);
    gone = state_ != State::done && (interrupted_ || state_ == State::broken);
  }
  if (--watchers_ == 0) watched_.set();
  co_return gone;
}

// False when there is nothing more to be learned from the stream.
Task<bool> HttpExchange::watch_stream(Deadline deadline) {
  if (wake_.is_set()) co_return false;
  watching_ = true;
  const Result<bool> readable = co_await http_.stream().wait_readable(deadline);
  watching_ = false;
  if (wake_.is_set()) co_return false;
  if (!readable) co_return true;
  co_return *readable&& http_.stream().peer_closed();
}

Task<> HttpExchange::finish() {
  if (socket_) {
    co_await socket_->finish(limits_.linger);
    sent_ = socket_->bytes_sent();
  }
  if (state_ != State::done) finish_as(State::broken);
  while (watchers_ > 0) {
    watched_.reset();
    co_await watched_.wait();
  }
  if (!reusable()) co_return;
  std::array<char, 4096> scrap;
  const Deadline deadline = after(drain_time);
  while (!http_.message_done()) {
    const Result<std::size_t> got = co_await http_.read_body_some(scrap, deadline);
    if (!got) {
      close_after();
      co_return;
    }
  }
}

}  // namespace cus::web
