// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/origin_policy.hpp"

#include <algorithm>

#include "authority.hpp"

namespace cus::auth {
namespace {

constexpr std::string_view compose_service = "computer-use-server";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The origin of a base URL: what lies before its path.
std::string_view origin_part(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return url;
  return url.substr(0, url.find('/', scheme + 3));
}

}  // namespace

OriginPolicy::OriginPolicy() : names_{{std::string(compose_service), std::nullopt, {}}} {}

std::expected<OriginPolicy, std::vector<std::string>> OriginPolicy::parse(const OriginSettings& settings) {
  OriginPolicy policy;
  policy.has_key_ = settings.has_key;
  std::vector<std::string> problems;
  if (!settings.public_base_url.empty()) {
    const std::optional<Origin> origin = parse_origin(origin_part(settings.public_base_url));
    if (origin) {
      policy.names_.push_back({origin->authority.host, origin->port(), origin->scheme});
    } else {
      problems.emplace_back("PUBLIC_BASE_URL: write http://host[:port] or https://host[:port].");
    }
  }
  std::string_view rest = settings.allowed_hosts;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    if (item.empty()) continue;
    const std::optional<Authority> authority = parse_authority(item);
    if (authority && authority->kind != HostKind::unspecified) {
      policy.names_.push_back({authority->host, authority->port, {}});
    } else {
      problems.push_back("ALLOWED_HOSTS: \"" + std::string(item) + "\" is no host; write name or name:port.");
    }
  }
  if (!problems.empty()) return std::unexpected(std::move(problems));
  return policy;
}

// The port of Host is not judged: a forwarded port is as good as ours, and rebinding works by name.
bool OriginPolicy::allows_host(std::string_view host) const {
  const std::optional<Authority> authority = parse_authority(host);
  if (!authority) return false;
  if (authority->kind == HostKind::loopback) return true;
  if (authority->kind == HostKind::unspecified) return false;
  if (authority->kind == HostKind::address && has_key_) return true;
  return std::ranges::any_of(names_, [&](const Name& name) { return name.host == authority->host; });
}

bool OriginPolicy::allows_origin(std::string_view origin, std::string_view host) const {
  const std::optional<Origin> from = parse_origin(origin);
  const std::optional<Authority> to = parse_authority(host);
  if (!from || !to) return false;
  const Authority& authority = from->authority;
  if (authority.kind == HostKind::loopback) return true;
  if (authority.kind == HostKind::unspecified) return false;
  // Our own pages, reached by address: an address cannot be rebound.
  if (authority.kind == HostKind::address && has_key_ && authority == *to) return true;
  return std::ranges::any_of(names_, [&](const Name& name) {
    if (name.host != authority.host) return false;
    if (!name.scheme.empty()) return name.scheme == from->scheme && *name.port == from->port();
    if (name.port) return *name.port == from->port();
    const bool same_port = to->host == authority.host && to->port == authority.port;
    return same_port || !authority.port || from->port() == (from->scheme == "https" ? 443 : 80);
  });
}

}  // namespace cus::auth
