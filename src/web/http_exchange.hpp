// SPDX-License-Identifier: Apache-2.0
#pragma once
// An Exchange over an HTTP/1.1 connection: writes one answer, keeps the limits of bodies and slow readers,
// and knows afterwards whether the connection can carry another request.

#include "cus/base/event.hpp"
#include "cus/web/exchange.hpp"
#include "cus/web/server.hpp"
#include "load.hpp"
#include "websocket_session.hpp"

namespace cus::web {

class HttpExchange final : public Exchange {
 public:
  // What of the head decides how the answer is framed.
  struct Wire {
    int version = 11;
    bool keep_alive = false;
    bool chunked = false;
    bool expects_continue = false;
    std::optional<std::uint64_t> content_length;
  };
  // Of all exchanges of the server.
  struct Totals {
    std::uint64_t held_bytes = 0;  // bodies, and messages of WebSockets
    std::size_t websockets = 0;
    std::size_t event_streams = 0;
  };
  HttpExchange(net::HttpConnection& http, const ServerLimits& limits, Totals& totals, Wire wire,
               Request request, net::Headers extra);
  ~HttpExchange() override;

  const Request& request() const override { return request_; }
  Executor executor() override { return http_.stream().executor(); }
  Task<Result<std::string>> read_body(std::uint64_t limit) override;
  Task<Result<>> respond(Response response) override;
  Task<Result<>> start_events(net::Headers extra) override;
  Task<Result<>> send_event(std::string_view data, std::string_view id) override;
  Task<Result<>> send_priming(std::string_view id, std::chrono::milliseconds retry) override;
  Task<Result<>> send_comment(std::string_view text) override;
  Task<Result<>> end_events() override;
  Task<bool> peer_gone(Deadline deadline) override;
  Task<Result<WebSocketPtr>> upgrade(WebSocketOptions options) override;

  // For the connection's loop. Counts this request until it ends or only waits:
  void occupy(Load::Slot slot) { slot_ = std::move(slot); }
  // The answer will end the connection:
  void close_after() { wire_.keep_alive = false; }
  // The server stops: peer_gone returns true, a body that is being read and a WebSocket end with
  // Code::unavailable.
  void interrupt();
  // After the handler: waits for peer_gone to return, reads what is left of a small body, ends a WebSocket.
  Task<> finish();
  bool begun() const { return state_ != State::fresh; }
  bool reusable() const { return state_ == State::done && wire_.keep_alive && !interrupted_; }
  int status() const { return status_; }
  bool is_answer_timed() const { return !is_event_stream_ && !socket_; }
  std::uint64_t bytes_sent() const { return sent_; }

 private:
  enum class State { fresh, streaming, done, broken };

  Task<Result<>> begin_body(std::uint64_t limit);
  Task<Result<std::string>> collect_body(std::uint64_t limit);
  bool is_rest_small() const;
  std::string make_head(int status, net::Headers headers);
  bool is_head_request() const { return request_.method == "HEAD"; }
  Task<Result<>> write(std::string_view bytes);
  Task<Result<>> write_frame(std::string frame, State next);
  std::string chunk(std::string text) const;
  Task<bool> watch_stream(Deadline deadline);
  void finish_as(State state);

  net::HttpConnection& http_;
  const ServerLimits& limits_;
  Totals& totals_;
  std::uint64_t held_ = 0;  // of the held bytes, ours
  Wire wire_;
  Request request_;
  net::Headers extra_;
  State state_ = State::fresh;
  int status_ = 0;
  std::uint64_t sent_ = 0;
  bool interrupted_ = false;
  bool writing_ = false;
  bool watching_ = false;
  std::size_t watchers_ = 0;
  Event turn_;     // a writer has finished
  Event wake_;     // answered or interrupted
  Event watched_;  // the last watcher has returned
  std::shared_ptr<WebSocketSession> socket_;
  Load::Slot slot_;
  bool is_event_stream_ = false;
};

}  // namespace cus::web
