// SPDX-License-Identifier: Apache-2.0
#include "reply.hpp"

#include <nlohmann/json.hpp>

#include "cus/net/http.hpp"

namespace cus::guest_agent {
namespace {

int status_of(Code code) {
  switch (code) {
    case Code::invalid_argument:
    case Code::protocol:
      return 400;
    case Code::not_found:
      return 404;
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    case Code::unsupported:
      return 426;
    case Code::too_many:
      return 429;
    case Code::unavailable:
      return 502;
    case Code::storage_full:
      return 507;
    default:
      return 500;
  }
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
