// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a connection is to go, as the sandbox wrote it. Strict: what is not plainly a host and a port is
// refused. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::egress {

struct Destination {
  std::string host;  // a name or a literal, lower-case, IPv6 without brackets
  std::uint16_t port = 0;
};

// Letters, digits, '.', '-' and '_', or an IPv6 literal without a zone.
bool is_host(std::string_view host);

// "host:port" or "[v6]:port"; without ":port" the default, when there is one.
std::optional<Destination> parse_authority(std::string_view text, std::optional<std::uint16_t> default_port);

struct AbsoluteTarget {
  Destination to;
  std::string path;  // origin-form; empty for "http://host", which OPTIONS spells differently
};
// "http://host[:port][/path][?query]". The message says what a proxy takes instead.
Result<AbsoluteTarget> parse_absolute(std::string_view target);

// "host" or "host:port", brackets around IPv6, the port left out when it is `usual`.
std::string authority(const Destination& to, std::uint16_t usual = 0);

}  // namespace cus::egress
