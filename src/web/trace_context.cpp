// SPDX-License-Identifier: Apache-2.0
#include "trace_context.hpp"

#include <algorithm>
#include <cstddef>

namespace cus::web {
namespace {

constexpr std::size_t first_length = 55;  // of version 00
constexpr std::size_t max_length = 128;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
  return is_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool is_traceparent(std::string_view text) {
  if (text.size() < first_length || text.size() > max_length) return false;
  const std::string_view version = text.substr(0, 2);
  const std::string_view rest = text.substr(first_length);
  const bool good_rest = version == "00" ? rest.empty() : rest.empty() || rest.front() == '-';
  const bool visible = std::ranges::all_of(rest, [](char c) { return c > ' ' && c < 0x7f; });
  return is_hex(version) && version != "ff" && good_rest && visible && text[2] == '-' &&
         is_id(text.substr(3, 32)) && text[35] == '-' && is_id(text.substr(36, 16)) && text[52] == '-' &&
         is_hex(text.substr(53, 2));
}

}  // namespace cus::web
