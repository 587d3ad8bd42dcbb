// SPDX-License-Identifier: Apache-2.0
#include "identity_headers.hpp"

#include <algorithm>
#include <optional>

#include "text.hpp"

namespace cus::web {
namespace {

// What follows "X-" and "X-OpenWebUI-"; in the order of IdentityItem.
constexpr std::array<std::string_view, identity_items> names = {"X-Chat-Id",           "X-User-Email",
                                                                "X-User-Name",         "X-User-Id",
                                                                "X-User-Role",         "X-Message-Id",
                                                                "X-Gitlab-Token",      "X-Gitlab-Host",
                                                                "X-Anthropic-Api-Key", "X-Anthropic-Base-Url",
                                                                "X-Mcp-Tokens-Url",    "X-Mcp-Tokens-Api-Key",
                                                                "X-Mcp-Servers",       "X-User-Jwt"};
constexpr std::string_view plain_prefix = "X-";
constexpr std::string_view alias_prefix = "X-OpenWebUI-";

constexpr char folded(char c) {
  return c == '_' ? '-' : to_lower(c);
}

bool same_but_for_underscores(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, folded, folded);
}

// Which item a header's name stands for, if any; `rest` is what follows its prefix.
std::optional<std::size_t> find_item(std::string_view rest) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (same_but_for_underscores(rest, names[i].substr(plain_prefix.size()))) return i;
  }
  return std::nullopt;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  return name.size() > prefix.size() && same_but_for_underscores(name.substr(0, prefix.size()), prefix);
}

}  // namespace

std::string_view header_name(IdentityItem item) {
  return item == IdentityItem::user_token ? "X-OpenWebUI-User-Jwt" : names[static_cast<std::size_t>(item)];
}

Result<IdentityHeaders> IdentityHeaders::read(const net::Headers& headers) {
  std::array<const std::string*, identity_items> plain{};
  std::array<const std::string*, identity_items> alias{};
  for (const net::Header& field : headers.fields) {
    if (!has_prefix(field.name, plain_prefix)) continue;
    const bool is_alias = has_prefix(field.name, alias_prefix);
    const std::string_view prefix = is_alias ? alias_prefix : plain_prefix;
    const std::optional<std::size_t> item = find_item(std::string_view(field.name).substr(prefix.size()));
    if (!item) continue;
    const std::string*& value = (is_alias ? alias : plain)[*item];
    if (value != nullptr || field.name.contains('_')) {
      return fail(Code::invalid_argument, std::string("The header ") + (is_alias ? "X-OpenWebUI-" : "X-") +
                                              std::string(names[*item].substr(plain_prefix.size())) +
                                              " must be sent at most once, and with hyphens in its name.");
    }
    value = &field.value;
  }
  IdentityHeaders result;
  for (std::size_t i = 0; i < identity_items; ++i) {
    if (plain[i] != nullptr) result.values_[i] = trim(*plain[i]);
    if (result.values_[i].empty() && alias[i] != nullptr) result.values_[i] = trim(*alias[i]);
  }
  return result;
}

}  // namespace cus::web
