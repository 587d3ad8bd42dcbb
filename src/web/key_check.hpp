// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who calls, from the request's headers; never from the query, which ends up in logs and histories.

#include <chrono>
#include <optional>
#include <string_view>

#include "cus/auth/key_limiter.hpp"
#include "cus/auth/keys.hpp"
#include "cus/net/http.hpp"

namespace cus::web {

struct Caller {
  std::optional<TenantId> tenant;
  bool sent_key = false;
  std::optional<std::chrono::seconds> wait;  // too many wrong keys from there
};

// `Authorization: Bearer`, else `X-API-Key`; an empty one counts as none.
std::optional<std::string_view> presented_key(const net::Headers& headers);

class KeyCheck {
 public:
  explicit KeyCheck(auth::KeyRing keys) : keys_(std::move(keys)) {}
  bool has_keys() const { return !keys_.empty(); }
  Caller identify(const net::Headers& headers, std::string_view source, Clock::time_point now);

 private:
  auth::KeyRing keys_;
  auth::KeyLimiter limiter_;
};

}  // namespace cus::web
