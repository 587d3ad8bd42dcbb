// SPDX-License-Identifier: Apache-2.0
#include "authority.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>

namespace cus::auth {
namespace {

namespace ip = boost::asio::ip;

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return result;
}

HostKind kind_of(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return kind_of(ip::make_address_v4(ip::v4_mapped, address.to_v6()));
  }
  if (address.is_unspecified()) return HostKind::unspecified;
  return address.is_loopback() ? HostKind::loopback : HostKind::address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0 || text.front() == '0') {
    return std::nullopt;
  }
  return port;
}

// Labels of letters, digits, '-' and '_', separated by single dots.
bool is_name(std::string_view text) {
  if (text.empty() || text.size() > 253 || text.front() == '.' || text.back() == '.') return false;
  if (text.contains("..")) return false;
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool set_host(std::string_view text, Authority& authority) {
  boost::system::error_code error;
  if (text.starts_with('[') && text.ends_with(']')) {
    text.remove_prefix(1);
    text.remove_suffix(1);
    const ip::address_v6 address = ip::make_address_v6(std::string(text), error);
    if (error || address.scope_id() != 0) return false;
    authority.host = address.to_string();
    authority.kind = kind_of(address);
    return true;
  }
  const ip::address_v4 address = ip::make_address_v4(std::string(text), error);
  authority.host = error ? lower(text) : address.to_string();
  authority.kind = error ? HostKind::name : kind_of(address);
  if (error && authority.host == "localhost") authority.kind = HostKind::loopback;
  return !error || is_name(authority.host);
}

}  // namespace

std::optional<Authority> parse_authority(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  Authority authority;
  if (colon != std::string_view::npos) {
    if (colon + 1 == text.size()) return std::nullopt;
    authority.port = parse_port(text.substr(colon + 1));
    if (!authority.port) return std::nullopt;
  }
  if (!set_host(text.substr(0, colon), authority)) return std::nullopt;
  return authority;
}

std::optional<Origin> parse_origin(std::string_view text) {
  const std::size_t end = text.find("://");
  if (end == std::string_view::npos) return std::nullopt;
  const std::string scheme = lower(text.substr(0, end));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const std::optional<Authority> authority = parse_authority(text.substr(end + 3));
  if (!authority) return std::nullopt;
  return Origin{.scheme = scheme, .authority = *authority};
}

}  // namespace cus::auth
