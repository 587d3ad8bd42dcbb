// SPDX-License-Identifier: Apache-2.0
#include "reply.hpp"

#include <nlohmann/json.hpp>

#include "cus/net/http.hpp"
#include "cus/net/status.hpp"

namespace cus::guest_agent {
namespace {

// Two have a meaning of their own here (docs/guest-protocol.md): no upgrade was asked for, nothing listens.
int status_of(Code code) {
  if (code == Code::unsupported) return 426;
  if (code == Code::unavailable) return 502;
  return net::status_of(code);
}

}  // namespace

std::string json_reply(int status, const Json& body) {
  const std::string text = dump_json(body);
  net::Headers headers;
  headers.set("Content-Type", "application/json");
  headers.set("Content-Length", std::to_string(text.size()));
  return net::format_response(status, headers) + text;
}

std::string empty_reply(int status) {
  net::Headers headers;
  if (status != 204) headers.set("Content-Length", "0");
  return net::format_response(status, headers);
}

std::string error_reply(const Error& error) {
  return json_reply(status_of(error.code), {{"error", code_name(error.code)}, {"message", error.message}});
}

std::string upgrade_reply(std::string_view protocol) {
  net::Headers headers;
  headers.set("Connection", "Upgrade");
  headers.set("Upgrade", std::string(protocol));
  return net::format_response(101, headers);
}

}  // namespace cus::guest_agent
