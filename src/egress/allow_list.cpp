// SPDX-License-Identifier: Apache-2.0
#include "egress/allow_list.hpp"

#include <algorithm>
#include <charconv>
#include <span>

namespace cus::egress {
namespace {

namespace ip = boost::asio::ip;

template <class Bytes>
bool same_prefix(const Bytes& a, const Bytes& b, unsigned length) {
  const std::size_t whole = length / 8;
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin())) return false;
  const unsigned rest = length % 8;
  return rest == 0 || ((a[whole] ^ b[whole]) >> (8U - rest)) == 0;
}

template <class Bytes>
Bytes cleared(Bytes bytes, unsigned length) {
  for (unsigned bit = length; bit < bytes.size() * 8; ++bit) {
    bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  }
  return bytes;
}

template <class Int>
std::optional<Int> parse_number(std::string_view text, Int most) {
  Int value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

struct Split {
  std::string network;
  std::string_view port;
};

// Takes "network[:port]" apart; brackets are around an IPv6 address or network.
std::optional<Split> split_port(std::string_view entry) {
  const auto port_of = [](std::string_view rest) -> std::optional<std::string_view> {
    if (rest.empty()) return "*";
    if (!rest.starts_with(':') || rest.size() == 1) return std::nullopt;
    return rest.substr(1);
  };
  std::string network;
  std::string_view rest;
  if (entry.starts_with('[')) {
    const std::size_t end = entry.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    network = entry.substr(1, end - 1);
    rest = entry.substr(end + 1);
    if (rest.starts_with('/')) {
      const std::size_t colon = std::min(rest.find(':'), rest.size());
      network += rest.substr(0, colon);
      rest.remove_prefix(colon);
    }
  } else {
    // A bare IPv6 network has colons of its own: only one behind its length can begin a port.
    const std::size_t from = std::ranges::count(entry, ':') > 1 ? std::min(entry.find('/'), entry.size()) : 0;
    const std::size_t colon = std::min(entry.find(':', from), entry.size());
    network = entry.substr(0, colon);
    rest = entry.substr(colon);
  }
  const auto port = port_of(rest);
  if (!port) return std::nullopt;
  return Split{.network = std::move(network), .port = *port};
}

std::optional<PrivateException> parse_exception(std::string_view entry) {
  const auto split = split_port(entry);
  if (!split) return std::nullopt;
  const auto network = parse_network(split->network);
  if (!network) return std::nullopt;
  std::uint16_t port = 0;
  if (split->port != "*") {
    const auto number = parse_number<std::uint16_t>(split->port, 65535);
    if (!number || *number == 0) return std::nullopt;
    port = *number;
  }
  return PrivateException{.network = network->address.to_string() + "/" + std::to_string(network->length),
                          .port = port};
}

}  // namespace

bool Network::contains(const Address& other) const {
  if (other.is_v4() != address.is_v4()) return false;
  if (address.is_v4()) return same_prefix(address.to_v4().to_bytes(), other.to_v4().to_bytes(), length);
  return same_prefix(address.to_v6().to_bytes(), other.to_v6().to_bytes(), length);
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string host(text.substr(0, slash));
  boost::system::error_code error;
  const Address address = ip::make_address(host, error);
  if (error || host.contains('%')) return std::nullopt;
  const unsigned most = address.is_v4() ? 32 : 128;
  unsigned length = most;
  if (slash < text.size()) {
    const auto number = parse_number<unsigned>(text.substr(slash + 1), most);
    if (!number) return std::nullopt;
    length = *number;
  }
  if (address.is_v4())
    return Network{.address = ip::address_v4(cleared(address.to_v4().to_bytes(), length)), .length = length};
  const Address v6 = ip::address_v6(cleared(address.to_v6().to_bytes(), length));
  if (length >= 96 && v6.to_v6().is_v4_mapped()) return Network{.address = plain(v6), .length = length - 96};
  return Network{.address = v6, .length = length};
}

AllowList::AllowList(const std::vector<PrivateException>& exceptions) {
  for (const PrivateException& exception : exceptions) {
    if (const auto network = parse_network(exception.network))
      rules_.push_back({.network = *network, .port = exception.port});
  }
}

bool AllowList::covers(const Address& address, std::uint16_t port) const {
  const Address wanted = plain(address);
  return std::ranges::any_of(rules_, [&wanted, port](const Rule& rule) {
    return (rule.port == 0 || rule.port == port) && rule.network.contains(wanted);
  });
}

Result<std::vector<PrivateException>> parse_exceptions(const std::string& text) {
  std::vector<PrivateException> exceptions;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view entry = trim(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    if (entry.empty()) continue;
    auto exception = parse_exception(entry);
    if (!exception) {
      return fail(Code::invalid_argument, "'" + std::string(entry) +
                                              "' is not network:port. Write for example 10.1.2.0/24:443, "
                                              "10.1.2.3:* or [fd00::1]:8080, separated by commas.");
    }
    exceptions.push_back(std::move(*exception));
  }
  return exceptions;
}

}  // namespace cus::egress
