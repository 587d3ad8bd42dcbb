// SPDX-License-Identifier: Apache-2.0
#include "identity_values.hpp"

#include <algorithm>
#include <optional>
#include <ranges>

#include "cus/base/utf8.hpp"
#include "text.hpp"

namespace cus::web {
namespace {

constexpr std::size_t max_value_bytes = 256;
constexpr std::size_t max_word_bytes = 128;
constexpr std::size_t max_secret_bytes = 1024;
constexpr std::size_t max_url_bytes = 2048;
constexpr std::size_t max_servers = 64;

std::unexpected<Error> refuse(std::string_view where, std::string_view rule) {
  return fail(Code::invalid_argument, "The header " + std::string(where) + " must be " + std::string(rule));
}

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

bool is_visible_text(std::string_view text, std::size_t most) {
  return text.size() <= most && std::ranges::all_of(text, is_visible);
}

bool is_name_char(char c) {
  const char small = to_lower(c);
  return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9');
}

bool consists_of(std::string_view text, std::string_view punctuation) {
  return std::ranges::all_of(text, [=](char c) { return is_name_char(c) || punctuation.contains(c); });
}

bool is_clean(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return text.size() <= max_value_bytes && std::ranges::none_of(text, is_control) && utf8::valid(text);
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = to_lower(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_room = text[i] == '%' && text.size() - i > 2;
    const auto high = has_room ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = has_room ? hex_digit(text[i + 2]) : std::nullopt;
    if (high && low) {
      decoded += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

Result<std::string> person_name(std::string_view text, std::string_view where) {
  if (!is_clean(text)) return refuse(where, "at most 256 bytes of UTF-8 without control characters.");
  return std::string(text);
}

Result<std::string> email_address(std::string_view text, std::string_view where) {
  if (!is_clean(text) || text.find_first_of(" <>,;\"\\") != std::string_view::npos) {
    return refuse(where, "one e-mail address: at most 256 bytes of UTF-8 without spaces, < > , ; \" or \\.");
  }
  return std::string(text);
}

Result<std::string> plain_word(std::string_view text, std::string_view where) {
  if (!is_visible_text(text, max_word_bytes)) {
    return refuse(where, "at most 128 visible ASCII characters.");
  }
  return std::string(text);
}

Result<std::string> host_name(std::string_view text, std::string_view where) {
  if (text.size() > max_value_bytes || !consists_of(text, ".-:") ||
      (!text.empty() && !is_name_char(text.front()))) {
    return refuse(where, "a host name, with or without :port.");
  }
  return std::string(text);
}

Result<Secret> secret_word(std::string_view text, std::string_view where) {
  if (!is_visible_text(text, max_secret_bytes)) {
    return refuse(where, "at most 1024 visible ASCII characters.");
  }
  return Secret(std::string(text));
}

Result<> ignored_url(std::string_view text, std::string_view where) {
  if (!is_visible_text(text, max_url_bytes)) return refuse(where, "at most 2048 visible ASCII characters.");
  return {};
}

Result<std::vector<std::string>> server_names(std::string_view text, std::string_view where) {
  std::vector<std::string> servers;
  if (text.empty()) return servers;
  for (const auto part : text | std::views::split(',')) {
    const std::string_view name = trim(std::string_view(part.begin(), part.end()));
    if (name.empty() || name == "docker_ai" || name == "docker-ai") continue;
    if (name.size() > max_word_bytes || !consists_of(name, "._~-") || !is_name_char(name.front()) ||
        servers.size() == max_servers) {
      return refuse(where, "at most 64 names of A-Z a-z 0-9 . _ ~ -, separated by commas.");
    }
    if (std::ranges::find(servers, name) == servers.end()) servers.emplace_back(name);
  }
  return servers;
}

}  // namespace cus::web
