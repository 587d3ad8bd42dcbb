// SPDX-License-Identifier: Apache-2.0
#pragma once
// A server with one WebSocket route, /ws, that echoes and remembers how it ended.

#include "cus/web/websocket.hpp"
#include "websocket_client.hpp"

namespace cus::web {

class WebSocketTest : public ServerTest {
 public:
  WebSocketTest(const WebSocketTest&) = delete;
  WebSocketTest& operator=(const WebSocketTest&) = delete;

 protected:
  WebSocketTest() {
    route("GET", "/ws", [this](Exchange& exchange) { return echo(exchange); });
    route("GET", "/x", say_path);
  }
  // Handlers remember their end in this object, so they end before it.
  ~WebSocketTest() override {
    if (server && !stopped) test::run_task(loop, server->stop(after(std::chrono::seconds(1))));
    stopped = true;
  }

  WebSocketClient client() { return {loop, port}; }
  WebSocketClient opened() {
    WebSocketClient made = client();
    EXPECT_EQ(made.open(request("GET /ws", upgrade_fields)).status, 101);
    return made;
  }
  // What the handler was told at the end.
  std::optional<Code> end_code() {
    run_until([this] { return ended.has_value(); });
    return ended ? std::optional(ended->code) : std::nullopt;
  }
  void run_until_closed() {
    run_until([this] { return server->connections() == 0; });
  }

  WebSocketOptions socket_options;
  Clock::duration read_time = std::chrono::seconds(20);
  Clock::duration write_time = std::chrono::seconds(20);
  std::string protocol;
  std::vector<WebSocket::Message> messages;
  WebSocket::CloseReason peer_close;
  std::optional<Error> ended;

 private:
  Task<> echo(Exchange& exchange) {
    Result<WebSocketPtr> socket = co_await exchange.upgrade(socket_options);
    if (!socket) co_return;
    protocol = (*socket)->protocol();
    Result<> written;
    while (written) {
      const auto message = co_await (*socket)->read(after(read_time));
      if (!message) {
        peer_close = (*socket)->peer_close();
        ended = message.error();
        break;
      }
      messages.push_back(*message);
      written = co_await (*socket)->write(message->data, message->kind, after(write_time));
      if (!written) ended = written.error();
    }
    co_await (*socket)->close(WebSocket::normal, "", after(std::chrono::seconds(5)));
  }
};

}  // namespace cus::web
