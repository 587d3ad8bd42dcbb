// SPDX-License-Identifier: Apache-2.0
#include "mcp_identity.hpp"

#include <algorithm>
#include <array>

#include "cus/base/utf8.hpp"

namespace cus::web {
namespace {

constexpr std::size_t max_value_bytes = 256;

struct Item {
  std::string_view header;
  std::string_view alias;
};

constexpr Item chat_item{"X-Chat-Id", "X-OpenWebUI-Chat-Id"};
constexpr Item email_item{"X-User-Email", "X-OpenWebUI-User-Email"};
constexpr Item name_item{"X-User-Name", "X-OpenWebUI-User-Name"};
constexpr std::array items = {chat_item, email_item, name_item};

char folded(char c) {
  if (c == '_') return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool same_but_for_underscores(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, folded, folded);
}

// Proxies map '_' and '-' onto each other, so that X_Chat_Id could slip past one that sets X-Chat-Id itself.
Result<> check_names(const net::Headers& headers) {
  for (const Item& item : items) {
    for (const std::string_view name : {item.header, item.alias}) {
      const auto matches = std::ranges::count_if(headers.fields, [name](const net::Header& field) {
        return same_but_for_underscores(field.name, name);
      });
      if (matches > 1 || static_cast<std::size_t>(matches) != headers.count(name)) {
        return fail(Code::invalid_argument, "The header " + std::string(name) +
                                                " must be sent at most once, and with hyphens in its name.");
      }
    }
  }
  return {};
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t";
  const std::size_t begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) + 1 - begin);
}

std::string_view value_of(const net::Headers& headers, const Item& item) {
  const std::string_view plain = trimmed(headers.find(item.header).value_or(""));
  return plain.empty() ? trimmed(headers.find(item.alias).value_or("")) : plain;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = folded(c);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10;
  return std::nullopt;
}

// '+' stays, and a '%' that begins no escape does too: names are not always encoded.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        decoded += static_cast<char>(*high * 16 + *low);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

Result<std::string> checked(std::string value, const Item& item) {
  const bool control =
      std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (control || value.size() > max_value_bytes || !utf8::valid(value)) {
    return fail(Code::invalid_argument,
                "The header " + std::string(item.header) +
                    " must be at most 256 bytes of UTF-8 without control characters.");
  }
  return value;
}

}  // namespace

Result<tools::Caller> read_caller(const Request& request) {
  const net::Headers& headers = request.headers;
  if (!request.tenant) return fail(Code::unauthorized, "This needs the server's API key as a bearer token.");
  if (Result<> names = check_names(headers); !names) return std::unexpected(names.error());
  tools::Caller caller{.tenant = *request.tenant, .chat = {}, .user_email = {}, .user_name = {}};
  if (const std::string_view chat = value_of(headers, chat_item); !chat.empty()) {
    Result<ChatId> parsed = parse_chat_id(chat);
    if (!parsed) return std::unexpected(parsed.error());
    caller.chat = std::move(*parsed);
  }
  Result<std::string> email = checked(std::string(value_of(headers, email_item)), email_item);
  if (!email) return std::unexpected(email.error());
  Result<std::string> name = checked(percent_decoded(value_of(headers, name_item)), name_item);
  if (!name) return std::unexpected(name.error());
  caller.user_email = std::move(*email);
  caller.user_name = std::move(*name);
  return caller;
}

}  // namespace cus::web
