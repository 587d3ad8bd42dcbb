// SPDX-License-Identifier: Apache-2.0
#include "test_websocket.hpp"

#include <charconv>

namespace cus::app {
namespace {

constexpr auto read_time = std::chrono::minutes(5);
constexpr auto write_time = std::chrono::seconds(5);
constexpr auto close_time = std::chrono::seconds(5);
constexpr std::string_view close_command = "close ";

Task<> close_as_told(web::WebSocket& socket, std::string_view told) {
  std::uint16_t code = 0;
  const char* const end = std::from_chars(told.data(), told.data() + told.size(), code).ptr;
  told.remove_prefix(static_cast<std::size_t>(end - told.data()));
  if (told.starts_with(' ')) told.remove_prefix(1);
  co_await socket.close(code, told, after(close_time));
}

Task<> echo(web::Exchange& exchange) {
  const Result<web::WebSocketPtr> opened = co_await exchange.upgrade({.protocols = {"tty"}});
  if (!opened) co_return;
  web::WebSocket& socket = **opened;
  for (;;) {
    const auto message = co_await socket.read(after(read_time));
    if (!message) co_return;
    if (message->kind == web::WebSocket::Kind::text && message->data.starts_with(close_command)) {
      co_await close_as_told(socket, std::string_view(message->data).substr(close_command.size()));
      co_return;
    }
    if (!co_await socket.write(message->data, message->kind, after(write_time))) co_return;
  }
}

}  // namespace

web::Routes test_websocket_routes() {
  return {{.method = "GET",
           .path = "/test/ws",
           .auth = web::Auth::key,
           .purpose = "A WebSocket that echoes",
           .handle = echo}};
}

}  // namespace cus::app
