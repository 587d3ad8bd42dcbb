// SPDX-License-Identifier: Apache-2.0
#include "upgrade_check.hpp"

#include <algorithm>

#include "cus/web/responses.hpp"
#include "text.hpp"

namespace cus::web {
namespace {

// 16 bytes as Base64.
bool is_key(std::string_view text) {
  constexpr std::size_t characters = 22;
  return text.size() == characters + 2 && text.ends_with("==") &&
         std::ranges::all_of(text.substr(0, characters), [](char c) {
           const char small = to_lower(c);
           return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
         });
}

std::unexpected<Response> upgrade_required(const Request& request, std::string_view message) {
  Response response = error_response(request.path, 426, message);
  response.headers.set("Upgrade", "websocket");
  response.headers.set("Connection", "Upgrade");
  return std::unexpected(std::move(response));
}

std::string choose(const net::Headers& headers, const std::vector<std::string>& protocols) {
  const auto offered = std::ranges::find_if(protocols, [&](const std::string& protocol) {
    return headers.has_token("Sec-WebSocket-Protocol", protocol);
  });
  return offered == protocols.end() ? std::string() : *offered;
}

}  // namespace

std::expected<Handshake, Response> check_upgrade(const Request& request, int version, bool has_body,
                                                 const std::vector<std::string>& protocols) {
  const net::Headers& headers = request.headers;
  if (version < 11 || !headers.has_token("Upgrade", "websocket") ||
      !headers.has_token("Connection", "upgrade")) {
    return upgrade_required(request,
                            "A WebSocket is served here. If you sent an upgrade, a proxy on the way does not "
                            "pass on the headers Upgrade and Connection.");
  }
  if (headers.count("Sec-WebSocket-Version") != 1 || headers.find("Sec-WebSocket-Version") != "13") {
    auto refusal = upgrade_required(request, "The WebSocket version served here is 13.");
    refusal.error().headers.set("Sec-WebSocket-Version", "13");
    return refusal;
  }
  const auto bad = [&](std::string_view message) {
    return std::unexpected(error_response(request.path, 400, message));
  };
  if (headers.count("Sec-WebSocket-Key") != 1 || !is_key(*headers.find("Sec-WebSocket-Key"))) {
    return bad("Sec-WebSocket-Key must be 16 bytes as Base64, once.");
  }
  if (has_body) return bad("A request for a WebSocket has no body.");
  return Handshake{.key = std::string(*headers.find("Sec-WebSocket-Key")),
                   .protocol = choose(headers, protocols)};
}

}  // namespace cus::web
