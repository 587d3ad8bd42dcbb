// SPDX-License-Identifier: Apache-2.0
#pragma once
// One HTTP request and its answer, as a route's handler sees it. The head has been checked (Host, Origin,
// key) before the handler runs; the body is read only when the handler asks for it.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"
#include "cus/net/http.hpp"
#include "cus/web/websocket.hpp"

namespace cus::auth {
class UserTokens;
}

namespace cus::web {

struct Request {
  std::string method;
  std::string path;   // percent-decoded once, normalised
  std::string query;  // as sent
  net::Headers headers;
  std::string peer;         // address of the client; of a trusted proxy's client, if that passed it on
  std::string host;         // as the client named this server; empty when the request was refused for it
  bool secure = false;      // came to a trusted proxy by https
  std::string request_id;   // from X-Request-Id when well-formed, else random
  std::string traceparent;  // empty unless well-formed
  std::optional<TenantId> tenant;  // whose key was sent; on open routes without a key: nullopt
  // Who the user is must be signed and is checked with these; nullptr: identity headers are taken as written.
  const auth::UserTokens* user_tokens = nullptr;
};

struct Response {
  int status = 200;
  net::Headers headers;
  std::string body;
};

class Exchange {
 public:
  Exchange() = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  virtual ~Exchange() = default;

  virtual const Request& request() const = 0;
  virtual Executor executor() = 0;
  // Code::too_large beyond `limit`, timed_out for a body that trickles.
  virtual Task<Result<std::string>> read_body(std::uint64_t limit) = 0;
  // The whole answer; called once, and not after start_events.
  virtual Task<Result<>> respond(Response response) = 0;
  // Begins a text/event-stream answer (no cache, no buffering); then events, then end_events.
  virtual Task<Result<>> start_events(net::Headers extra) = 0;
  // One event: lines of `data` are prefixed as the format demands; `id` may be empty.
  virtual Task<Result<>> send_event(std::string_view data, std::string_view id) = 0;
  // The first event of a stream that can be resumed: an id, no data, and how soon to come back.
  virtual Task<Result<>> send_priming(std::string_view id, std::chrono::milliseconds retry) = 0;
  virtual Task<Result<>> send_comment(std::string_view text) = 0;
  virtual Task<Result<>> end_events() = 0;
  // True when the client has gone (FIN, RST) or the server stops; false once the answer is complete, or at
  // the deadline. So `handle(..) && watch(..)` ends by itself. Read the body first. The task must not outlive
  // the handler; it does not obey cancellation, so join it with && and not with ||.
  virtual Task<bool> peer_gone(Deadline deadline) = 0;
  // Makes a WebSocket of the request. What does not ask for one properly is answered (426, 400) and returned
  // as an error: the handler has nothing left to do. Left open, it is closed with 1011 when the handler
  // returns.
  virtual Task<Result<WebSocketPtr>> upgrade(WebSocketOptions) {
    co_return fail(Code::unsupported, "There are no WebSockets here.");
  }
};

}  // namespace cus::web
