// SPDX-License-Identifier: Apache-2.0
#include "cors.hpp"

#include <algorithm>

#include "text.hpp"

namespace cus::web {
namespace {

constexpr std::string_view allowed_headers =
    "content-type, authorization, x-api-key, accept, mcp-protocol-version, mcp-session-id, mcp-method, "
    "mcp-name, last-event-id, x-chat-id, x-request-id";
constexpr std::size_t max_parameter_headers = 32;

// The mcp-param-* names of the list that was asked for; they depend on the tools, so they are echoed.
std::string parameter_headers(std::string_view asked) {
  std::string result;
  std::size_t count = 0;
  while (!asked.empty() && count < max_parameter_headers) {
    const std::size_t comma = asked.find(',');
    const std::string name = to_lower(trim(asked.substr(0, comma)));
    asked = comma == std::string_view::npos ? std::string_view() : asked.substr(comma + 1);
    const bool is_token = std::ranges::all_of(name, [](char c) { return is_token_char(c); });
    if (!name.starts_with("mcp-param-") || !is_token) continue;
    result += ", " + name;
    ++count;
  }
  return result;
}

}  // namespace

net::Headers cors_headers(std::string_view origin) {
  net::Headers headers;
  headers.set("Access-Control-Allow-Origin", std::string(origin));
  headers.set("Access-Control-Expose-Headers",
              "mcp-session-id, mcp-protocol-version, www-authenticate, x-request-id");
  headers.set("Vary", "Origin");
  return headers;
}

net::Headers preflight_headers(std::string_view allow, const net::Headers& request) {
  net::Headers headers;
  headers.set("Allow", std::string(allow));
  headers.set("Access-Control-Allow-Methods", std::string(allow));
  headers.set("Access-Control-Allow-Headers",
              std::string(allowed_headers) +
                  parameter_headers(request.find("Access-Control-Request-Headers").value_or("")));
  headers.set("Access-Control-Max-Age", "600");
  return headers;
}

}  // namespace cus::web
