// SPDX-License-Identifier: Apache-2.0
#include "egress/address.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace cus::egress {
namespace {

namespace ip = boost::asio::ip;

struct Block4 {
  std::uint32_t network;
  unsigned length;
};

constexpr std::uint32_t v4(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24U | b << 16U | c << 8U | d;
}

constexpr Block4 block(std::uint32_t network, unsigned length) {
  return {.network = network, .length = length};
}

constexpr std::array closed4 = {
    block(v4(0, 0, 0, 0), 8),         // "this network", unspecified
    block(v4(10, 0, 0, 0), 8),        // RFC 1918
    block(v4(100, 64, 0, 0), 10),     // carrier-grade NAT; some clouds' metadata
    block(v4(127, 0, 0, 0), 8),       // loopback
    block(v4(168, 63, 129, 16), 32),  // a cloud's host agent behind a public-looking address
    block(v4(169, 254, 0, 0), 16),    // link-local, metadata
    block(v4(172, 16, 0, 0), 12),     // RFC 1918
    block(v4(192, 0, 0, 0), 24),      // IETF protocol assignments
    block(v4(192, 88, 99, 0), 24),    // 6to4 relays
    block(v4(192, 168, 0, 0), 16),    // RFC 1918
    block(v4(198, 18, 0, 0), 15),     // benchmarks
    block(v4(224, 0, 0, 0), 4),       // multicast
    block(v4(240, 0, 0, 0), 4),       // reserved, broadcast
};

bool is_public4(std::uint32_t address) {
  return std::ranges::none_of(closed4, [address](const Block4& block) {
    return (address ^ block.network) >> (32U - block.length) == 0;
  });
}

std::uint32_t embedded(const ip::address_v6::bytes_type& bytes, std::size_t at) {
  return v4(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
}

bool starts_with(const ip::address_v6::bytes_type& bytes, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bytes.begin());
}

bool is_public6(const ip::address_v6& address) {
  const auto bytes = address.to_bytes();
  // NAT64: the address that the translator will connect to decides.
  if (starts_with(bytes, {0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return is_public4(embedded(bytes, 12));
  }
  // Only 2000::/3 is in use as global unicast. This leaves out loopback, unspecified, IPv4-compatible and
  // translated forms, local NAT64, discard, unique local, link-local, site-local and multicast.
  if ((bytes[0] & 0xe0U) != 0x20U) return false;
  if (starts_with(bytes, {0x20, 0x02})) return is_public4(embedded(bytes, 2));  // 6to4
  if (starts_with(bytes, {0x20, 0x01, 0x00, 0x00})) return false;               // Teredo
  if (starts_with(bytes, {0x20, 0x01, 0x00, 0x02, 0x00, 0x00})) return false;   // benchmarks
  return true;
}

}  // namespace

Address plain(const Address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

bool is_public(const Address& address) {
  const Address unmapped = plain(address);
  return unmapped.is_v4() ? is_public4(unmapped.to_v4().to_uint()) : is_public6(unmapped.to_v6());
}

}  // namespace cus::egress
