// SPDX-License-Identifier: Apache-2.0
#include "forwarded.hpp"

#include <ranges>

#include "text.hpp"

namespace cus::web {
namespace {

constexpr std::size_t max_proxies = 16;

// Takes the last element of a comma-separated list off it.
std::string_view take_last(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view element = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
  return trim(element);
}

}  // namespace

std::string client_address(const net::Headers& headers, std::string_view peer,
                           const auth::TrustedProxies& proxies) {
  std::string client(peer);
  std::size_t seen = 0;
  for (const net::Header& field : headers.fields | std::views::reverse) {
    if (!iequals(field.name, "X-Forwarded-For")) continue;
    std::string_view list = field.value;
    while (!list.empty()) {
      std::optional<std::string> address = auth::forwarded_address(take_last(list));
      if (!address || ++seen > max_proxies) return client;
      client = std::move(*address);
      if (!proxies.trusts(client)) return client;
    }
  }
  return client;
}

std::string_view last_element(const net::Headers& headers, std::string_view name) {
  for (const net::Header& field : headers.fields | std::views::reverse) {
    std::string_view list = field.value;
    if (iequals(field.name, name)) return take_last(list);
  }
  return {};
}

}  // namespace cus::web
