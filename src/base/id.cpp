// SPDX-License-Identifier: Apache-2.0
#include "cus/base/id.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "cus/base/utf8.hpp"

namespace cus {
namespace {

constexpr std::size_t max_chat_bytes = 128;
constexpr std::size_t max_tenant_bytes = 64;
constexpr std::size_t id_bytes = 16;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

bool is_forbidden(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || c == '/' || c == '\\';
}

// C1 controls arrive as the two bytes C2 80 .. C2 9F.
bool has_c1_control(std::string_view text) {
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    const auto second = static_cast<unsigned char>(text[i + 1]);
    if (text[i] == '\xC2' && second >= 0x80 && second <= 0x9F) return true;
  }
  return false;
}

template <class T>
Result<T> parse_hex_id(std::string_view text, std::string_view what) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (text.size() != 2 * id_bytes || !std::ranges::all_of(text, is_hex)) {
    return fail(Code::invalid_argument,
                "Invalid " + std::string(what) + ": 32 lower-case hex digits are expected.");
  }
  return T(std::string(text));
}

}  // namespace

Result<ChatId> parse_chat_id(std::string_view text) {
  text = trim(text);
  std::string id(text);
  std::ranges::transform(id, id.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (id.empty() || id.size() > max_chat_bytes || id.contains("..") ||
      std::ranges::any_of(id, is_forbidden) || !utf8::valid(id) || has_c1_control(id)) {
    return fail(Code::invalid_argument,
                "Invalid chat id: use 1 to 128 bytes without '..', '/', '\\' or control characters.");
  }
  return ChatId(std::move(id));
}

Result<TenantId> parse_tenant_id(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
  };
  if (text.empty() || text.size() > max_tenant_bytes || !std::ranges::all_of(text, allowed)) {
    return fail(Code::invalid_argument, "Invalid key name: use 1 to 64 letters, digits, '_', '-' or '.'.");
  }
  return TenantId(std::string(text));
}

Result<StorageId> parse_storage_id(std::string_view text) {
  return parse_hex_id<StorageId>(text, "storage id");
}
Result<JobId> parse_job_id(std::string_view text) {
  return parse_hex_id<JobId>(text, "job id");
}

std::string random_hex(std::size_t bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::array<unsigned char, 64> raw{};
  std::string text;
  while (bytes > 0) {
    const std::size_t chunk = std::min(bytes, raw.size());
    if (::getrandom(raw.data(), chunk, 0) != static_cast<ssize_t>(chunk))
      throw std::runtime_error("getrandom failed");
    for (std::size_t i = 0; i < chunk; ++i) {
      text += digits[raw[i] >> 4U];
      text += digits[raw[i] & 15U];
    }
    bytes -= chunk;
  }
  return text;
}

StorageId new_storage_id() {
  return StorageId(random_hex(id_bytes));
}
JobId new_job_id() {
  return JobId(random_hex(id_bytes));
}

}  // namespace cus
