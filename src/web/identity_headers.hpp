// SPDX-License-Identifier: Apache-2.0
#pragma once
// The headers that say who calls, picked out of a request in one pass, with one rule for every item: the
// plain header, else its X-OpenWebUI- alias; an empty value counts as absent.

#include <array>
#include <cstdint>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/net/http.hpp"

namespace cus::web {

enum class IdentityItem : std::uint8_t {
  chat,
  email,
  name,
  user_id,
  user_role,
  message,
  gitlab_token,
  gitlab_host,
  anthropic_key,
  anthropic_url,
  tokens_url,
  tokens_key,
  mcp_servers,
  user_token,
};
inline constexpr std::size_t identity_items = static_cast<std::size_t>(IdentityItem::user_token) + 1;

// The plain header's name, for messages.
std::string_view header_name(IdentityItem item);

class IdentityHeaders {
 public:
  // Code::invalid_argument for a header that is there twice or spelt with '_': proxies map '_' and '-' onto
  // each other, so that X_Chat_Id could slip past one that sets X-Chat-Id itself. `headers` must outlive the
  // result.
  static Result<IdentityHeaders> read(const net::Headers& headers);

  // Trimmed; empty when absent.
  std::string_view operator[](IdentityItem item) const { return values_[static_cast<std::size_t>(item)]; }

 private:
  std::array<std::string_view, identity_items> values_;
};

}  // namespace cus::web
