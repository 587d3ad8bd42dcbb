// SPDX-License-Identifier: Apache-2.0
#include "egress/destination.hpp"

#include <algorithm>
#include <charconv>

namespace cus::egress {
namespace {

constexpr std::size_t max_host_bytes = 253;
constexpr std::size_t max_literal_bytes = 45;
constexpr std::string_view scheme = "http://";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_name_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
}
bool is_literal_char(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ':' || c == '.';
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

bool starts_with_scheme(std::string_view target) {
  return target.size() >= scheme.size() && std::ranges::equal(target.substr(0, scheme.size()), scheme,
                                                              [](char a, char b) { return lower(a) == b; });
}

}  // namespace

bool is_host(std::string_view host) {
  if (host.contains(':'))
    return host.size() <= max_literal_bytes && std::ranges::all_of(host, is_literal_char);
  return !host.empty() && host.size() <= max_host_bytes && std::ranges::all_of(host, is_name_char);
}

std::optional<Destination> parse_authority(std::string_view text, std::optional<std::uint16_t> default_port) {
  std::string_view host;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = text.substr(1, end - 1);
    if (!host.contains(':')) return std::nullopt;
    text.remove_prefix(end + 1);
  } else {
    host = text.substr(0, text.find(':'));
    text.remove_prefix(host.size());
  }
  if (!is_host(host)) return std::nullopt;
  std::optional<std::uint16_t> port = default_port;
  // An empty port behind the colon means the default one (RFC 3986, 3.2.3).
  if (!text.empty() && (text != ":" || !default_port)) {
    if (!text.starts_with(':')) return std::nullopt;
    port = parse_port(text.substr(1));
  }
  if (!port) return std::nullopt;
  std::string name(host);
  std::ranges::transform(name, name.begin(), lower);
  return Destination{.host = std::move(name), .port = *port};
}

Result<AbsoluteTarget> parse_absolute(std::string_view target) {
  if (!starts_with_scheme(target)) {
    return fail(Code::invalid_argument,
                "This is a proxy: it takes http://host/path, and CONNECT host:port for everything else.");
  }
  target.remove_prefix(scheme.size());
  if (target.contains('#')) return fail(Code::invalid_argument, "A request must not carry a #fragment.");
  const std::size_t end = std::min(target.find_first_of("/?"), target.size());
  auto to = parse_authority(target.substr(0, end), 80);
  if (!to) return fail(Code::invalid_argument, "The address of this request is not http://host[:port]/path.");
  std::string path(target.substr(end));
  if (path.starts_with('?')) path.insert(path.begin(), '/');
  return AbsoluteTarget{.to = std::move(*to), .path = std::move(path)};
}

std::string authority(const Destination& to, std::uint16_t usual) {
  std::string text = to.host.contains(':') ? "[" + to.host + "]" : to.host;
  if (to.port != usual) text += ":" + std::to_string(to.port);
  return text;
}

}  // namespace cus::egress
