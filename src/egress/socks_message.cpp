// SPDX-License-Identifier: Apache-2.0
#include "egress/socks_message.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace cus::egress {
namespace {

namespace ip = boost::asio::ip;

constexpr char version = 5;
constexpr char no_authentication = 0;
constexpr char command_connect = 1;
constexpr std::size_t address_at = 4;

std::unexpected<SocksFault> incomplete() {
  return std::unexpected(SocksFault{.incomplete = true});
}
std::unexpected<SocksFault> fault(std::uint8_t reply) {
  return std::unexpected(SocksFault{.reply = reply});
}

template <class Ip>
std::string literal(std::string_view bytes) {
  typename Ip::bytes_type raw;
  std::ranges::transform(bytes.substr(0, raw.size()), raw.begin(),
                         [](char c) { return static_cast<unsigned char>(c); });
  return Ip(raw).to_string();
}

}  // namespace

std::expected<std::size_t, SocksFault> parse_socks_greeting(std::string_view bytes) {
  if (bytes.empty()) return incomplete();
  if (bytes[0] != version) return fault(0);
  if (bytes.size() < 2) return incomplete();
  const std::size_t methods = static_cast<unsigned char>(bytes[1]);
  if (bytes.size() < 2 + methods) return incomplete();
  if (!bytes.substr(2, methods).contains(no_authentication)) return fault(socks_no_method);
  return 2 + methods;
}

std::expected<SocksRequest, SocksFault> parse_socks_request(std::string_view bytes) {
  if (!bytes.empty() && bytes[0] != version) return fault(socks_failure);
  if (bytes.size() <= address_at) return incomplete();
  if (bytes[2] != 0) return fault(socks_failure);
  if (bytes[1] != command_connect) return fault(socks_bad_command);
  const char type = bytes[3];
  std::size_t size = 0;
  if (type == 1) size = 4;
  if (type == 3) size = 1U + static_cast<unsigned char>(bytes[address_at]);
  if (type == 4) size = 16;
  if (size == 0) return fault(socks_bad_address_type);
  if (bytes.size() < address_at + size + 2) return incomplete();
  SocksRequest request{.size = address_at + size + 2, .to = {}};
  const std::string_view address = bytes.substr(address_at, size);
  if (type == 1) request.to.host = literal<ip::address_v4>(address);
  if (type == 3) request.to.host = address.substr(1);
  if (type == 4) request.to.host = literal<ip::address_v6>(address);
  request.to.port = static_cast<std::uint16_t>(static_cast<unsigned char>(bytes[address_at + size]) << 8U |
                                               static_cast<unsigned char>(bytes[address_at + size + 1]));
  if (!is_host(request.to.host) || request.to.port == 0) return fault(socks_failure);
  return request;
}

std::string socks_greeting_reply(std::uint8_t method) {
  return {version, static_cast<char>(method)};
}

std::string socks_request_reply(std::uint8_t reply) {
  // The address that would follow is of no use behind a proxy: 0.0.0.0:0.
  return {version, static_cast<char>(reply), 0, 1, 0, 0, 0, 0, 0, 0};
}

}  // namespace cus::egress
