// SPDX-License-Identifier: Apache-2.0
#pragma once
// The operator's exceptions (EGRESS_ALLOW_PRIVATE) in a form that can be asked.

#include <optional>
#include <string_view>
#include <vector>

#include "cus/egress/egress.hpp"
#include "egress/address.hpp"

namespace cus::egress {

struct Network {
  Address address;
  unsigned length = 0;
  bool contains(const Address& other) const;
};

// "10.1.0.0/16", "10.1.2.3", "fd00::/8", "::1". Bits behind the length are cleared.
std::optional<Network> parse_network(std::string_view text);

class AllowList {
 public:
  // Entries that are not networks are left out: parse_exceptions has told the operator before.
  explicit AllowList(const std::vector<PrivateException>& exceptions);
  bool covers(const Address& address, std::uint16_t port) const;

 private:
  struct Rule {
    Network network;
    std::uint16_t port = 0;
  };
  std::vector<Rule> rules_;
};

}  // namespace cus::egress
