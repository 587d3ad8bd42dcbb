// SPDX-License-Identifier: Apache-2.0
#pragma once
// `host[:port]` as it stands in Host, Origin and a base URL, judged strictly: what another program could read
// as a different machine (127.1, 2130706433, a trailing dot, user@) is a name or nothing, never an address.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cus::auth {

enum class HostKind { name, loopback, address, unspecified };

struct Authority {
  std::string host;  // lower-case; IPv6 without brackets, in canonical text
  HostKind kind = HostKind::name;
  std::optional<std::uint16_t> port;

  bool operator==(const Authority&) const = default;
};

std::optional<Authority> parse_authority(std::string_view text);

struct Origin {
  std::string scheme;  // http or https
  Authority authority;
  std::uint16_t port() const { return authority.port.value_or(scheme == "https" ? 443 : 80); }
};

// `scheme://host[:port]` and nothing after it.
std::optional<Origin> parse_origin(std::string_view text);

}  // namespace cus::auth
