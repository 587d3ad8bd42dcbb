// SPDX-License-Identifier: Apache-2.0
#pragma once
// The proxies whose word on where a request came from is taken (TRUSTED_PROXIES). Pure.

#include <array>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cus::auth {

class TrustedProxies {
 public:
  // Nobody is trusted.
  TrustedProxies() = default;
  // Addresses and networks (address/length), comma-separated. Every problem at once, with the variable's name
  // and what to write.
  static std::expected<TrustedProxies, std::vector<std::string>> parse(std::string_view list);

  bool empty() const { return networks_.empty(); }
  bool trusts(std::string_view address) const;

 private:
  struct Network {
    std::array<unsigned char, 16> address;  // IPv4 as ::ffff:a.b.c.d
    unsigned length;
  };
  static std::optional<Network> parse_network(std::string_view text);

  std::vector<Network> networks_;
};

// An address as a proxy writes it, with or without a port, in the form used everywhere else; nullopt for
// "unknown", a name, an invented word.
std::optional<std::string> forwarded_address(std::string_view text);

}  // namespace cus::auth
