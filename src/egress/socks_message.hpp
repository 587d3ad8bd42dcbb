// SPDX-License-Identifier: Apache-2.0
#pragma once
// The two messages a SOCKS5 client sends before its bytes (RFC 1928), read from whatever has arrived. Pure.

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "egress/destination.hpp"

namespace cus::egress {

// What is wrong with the bytes so far; `reply` is what the client is told, 0 when it does not speak SOCKS5.
struct SocksFault {
  bool incomplete = false;
  std::uint8_t reply = 0;
};

// Bytes used by a greeting that offers "no authentication"; 0xff is the reply when it does not.
std::expected<std::size_t, SocksFault> parse_socks_greeting(std::string_view bytes);

struct SocksRequest {
  std::size_t size = 0;  // bytes used
  Destination to;
};
std::expected<SocksRequest, SocksFault> parse_socks_request(std::string_view bytes);

std::string socks_greeting_reply(std::uint8_t method);
std::string socks_request_reply(std::uint8_t reply);

inline constexpr std::uint8_t socks_no_method = 0xff;
inline constexpr std::uint8_t socks_bad_command = 7;
inline constexpr std::uint8_t socks_bad_address_type = 8;
inline constexpr std::uint8_t socks_failure = 1;

}  // namespace cus::egress
