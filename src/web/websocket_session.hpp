// SPDX-License-Identifier: Apache-2.0
#pragma once
// A WebSocket as its connection sees it: how it begins, is ended from outside, and is done with.

#include <memory>

#include "cus/web/websocket.hpp"
#include "upgrade_check.hpp"

namespace cus::web {

class WebSocketSession : public WebSocket {
 public:
  // The server stops: closes with 1001 without waiting; read() and write() return Code::unavailable.
  virtual void end_for_stop() = 0;
  // After the handler: closes with 1011 when that was forgotten, reads what the peer still sends for
  // `linger`, so that it gets to see the close, and returns when nothing uses the connection any more.
  virtual Task<> finish(Clock::duration linger) = 0;
  virtual std::uint64_t bytes_sent() const = 0;
};

// Bytes of requests and messages that the whole server holds.
struct HeldBytes {
  std::uint64_t& total;
  std::uint64_t limit;
};

// Answers 101. The session uses `http` until finish() has returned.
Task<Result<std::shared_ptr<WebSocketSession>>> accept_websocket(net::HttpConnection& http,
                                                                 Handshake handshake, std::string request_id,
                                                                 WebSocketOptions options, HeldBytes held);

}  // namespace cus::web
