// SPDX-License-Identifier: Apache-2.0
#include "key_check.hpp"

#include "text.hpp"

namespace cus::web {

std::optional<std::string_view> presented_key(const net::Headers& headers) {
  constexpr std::string_view scheme = "bearer";
  if (const auto authorization = headers.find("Authorization")) {
    const std::string_view value = trim(*authorization);
    const std::string_view rest = value.substr(std::min(scheme.size(), value.size()));
    const bool is_bearer = iequals(value.substr(0, scheme.size()), scheme) &&
                           (rest.empty() || rest.front() == ' ' || rest.front() == '\t');
    if (is_bearer && !trim(rest).empty()) return trim(rest);
    if (is_bearer) return std::nullopt;
  }
  const std::string_view key = trim(headers.find("X-API-Key").value_or(""));
  if (key.empty()) return std::nullopt;
  return key;
}

Caller KeyCheck::identify(const net::Headers& headers, std::string_view source, Clock::time_point now) {
  if (keys_.empty()) return {.tenant = auth::default_tenant(), .sent_key = false, .wait = std::nullopt};
  const std::optional<std::string_view> key = presented_key(headers);
  if (!key) return {};
  Caller caller{.tenant = keys_.find(*key), .sent_key = true, .wait = std::nullopt};
  caller.wait = limiter_.judge(source, caller.tenant, now);
  if (caller.wait) caller.tenant.reset();
  return caller;
}

}  // namespace cus::web
