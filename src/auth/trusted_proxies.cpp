// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/trusted_proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace cus::auth {
namespace {

namespace ip = boost::asio::ip;
using Bytes = std::array<unsigned char, 16>;

constexpr unsigned v4_offset = 96;  // ::ffff:0:0/96
constexpr std::size_t longest_address = 64;

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<ip::address> parse_address(std::string_view text) {
  if (text.size() > longest_address || text.contains('%')) return std::nullopt;
  boost::system::error_code error;
  ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

Bytes bytes_of(const ip::address& address) {
  return address.is_v6() ? address.to_v6().to_bytes()
                         : ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
}

bool same_prefix(const Bytes& a, const Bytes& b, unsigned length) {
  const unsigned whole = length / 8;
  if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
  const unsigned rest = length % 8;
  return rest == 0 || (a.at(whole) >> (8 - rest)) == (b.at(whole) >> (8 - rest));
}

}  // namespace

std::optional<TrustedProxies::Network> TrustedProxies::parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const std::optional<ip::address> address = parse_address(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned offset = address->is_v4() ? v4_offset : 0;
  Network network{.address = bytes_of(*address), .length = 128};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  unsigned length = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  const bool is_number = !digits.empty() && error == std::errc() && end == digits.data() + digits.size();
  if (!is_number || length > 128 - offset) return std::nullopt;
  network.length = length + offset;
  return network;
}

std::expected<TrustedProxies, std::vector<std::string>> TrustedProxies::parse(std::string_view list) {
  TrustedProxies proxies;
  std::vector<std::string> problems;
  for (std::size_t position = 1; !list.empty(); ++position) {
    const std::size_t comma = list.find(',');
    if (const std::optional<Network> network = parse_network(trim(list.substr(0, comma)))) {
      proxies.networks_.push_back(*network);
    } else {
      problems.push_back("TRUSTED_PROXIES: entry " + std::to_string(position) +
                         " is no address and no network such as 10.0.0.0/8.");
    }
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return proxies;
}

bool TrustedProxies::trusts(std::string_view address) const {
  if (networks_.empty()) return false;
  const std::optional<ip::address> parsed = parse_address(address);
  if (!parsed) return false;
  const Bytes bytes = bytes_of(*parsed);
  return std::ranges::any_of(
      networks_, [&](const Network& network) { return same_prefix(network.address, bytes, network.length); });
}

std::optional<std::string> forwarded_address(std::string_view text) {
  text = trim(text);
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  const std::optional<ip::address> address = parse_address(text);
  if (!address) return std::nullopt;
  return address->to_string();
}

}  // namespace cus::auth
