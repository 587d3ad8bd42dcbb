// SPDX-License-Identifier: Apache-2.0
#include "head_check.hpp"

#include <algorithm>
#include <array>

#include "cus/base/utf8.hpp"
#include "text.hpp"

namespace cus::web {
namespace {

// Headers with one meaning a request. Two of them, even equal ones, are read differently by different
// programs.
bool is_single(std::string_view name) {
  constexpr std::array<std::string_view, 9> names = {"host",          "content-length", "transfer-encoding",
                                                     "content-type",  "authorization",  "origin",
                                                     "last-event-id", "expect",         "traceparent"};
  if (name.starts_with("x-forwarded-")) return false;
  // What repeats a body is compared with it later, and refused with the protocol's own code.
  if (name == "mcp-method" || name == "mcp-name" || name.starts_with("mcp-param-")) return false;
  return name.starts_with("x-") || name.starts_with("mcp-") || std::ranges::find(names, name) != names.end();
}

// `X_Chat_Id` becomes `X-Chat-Id` behind servers that map both to one variable.
bool shadows_ours(std::string_view name) {
  if (!name.contains('_')) return false;
  std::string plain(name);
  std::ranges::replace(plain, '_', '-');
  return is_single(plain) || plain.starts_with("x-forwarded-");
}

std::optional<HeadFault> check_fields(const net::Headers& headers) {
  std::vector<std::string> seen;
  for (const net::Header& field : headers.fields) {
    std::string name = to_lower(field.name);
    if (shadows_ours(name)) {
      return HeadFault{400, "A header name contains \"_\" where \"-\" belongs: " + name.substr(0, 64)};
    }
    if (!is_single(name)) continue;
    if (std::ranges::find(seen, name) != seen.end()) {
      return HeadFault{400, "This header must be sent once: " + name.substr(0, 64)};
    }
    if (!utf8::valid(field.value)) {
      return HeadFault{400, "This header is not valid UTF-8: " + name.substr(0, 64)};
    }
    seen.push_back(std::move(name));
  }
  return std::nullopt;
}

std::optional<HeadFault> check_framing(const net::RequestHead& head) {
  const auto length = head.headers.find("Content-Length");
  const auto coding = head.headers.find("Transfer-Encoding");
  if (length && coding) return HeadFault{400, "Content-Length and Transfer-Encoding exclude each other."};
  if (length &&
      (length->empty() || !std::ranges::all_of(*length, [](char c) { return c >= '0' && c <= '9'; }))) {
    return HeadFault{400, "Content-Length must be one decimal number."};
  }
  if (coding && (head.version < 11 || !iequals(*coding, "chunked"))) {
    return HeadFault{400, "The only Transfer-Encoding understood here is \"chunked\"."};
  }
  const auto encoding = head.headers.find("Content-Encoding");
  if (encoding && !iequals(*encoding, "identity")) {
    return HeadFault{415, "Send the body without Content-Encoding: compressed requests are not accepted."};
  }
  const auto expect = head.headers.find("Expect");
  if (expect && !iequals(*expect, "100-continue")) {
    return HeadFault{417, "The only expectation understood here is \"100-continue\"."};
  }
  return std::nullopt;
}

}  // namespace

std::optional<HeadFault> check_head(const net::RequestHead& head, std::size_t max_target_bytes) {
  if (head.target.size() > max_target_bytes) return HeadFault{414, "The request target is too long."};
  if (auto fault = check_fields(head.headers)) return fault;
  if (head.headers.count("Host") != 1) return HeadFault{400, "A request carries exactly one Host header."};
  if (auto fault = check_framing(head)) return fault;
  if (head.method == "CONNECT") return HeadFault{501, "This server is not a proxy."};
  return std::nullopt;
}

}  // namespace cus::web
