// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a key may look like: it travels in a header and in a comma-separated list.

#include <algorithm>
#include <string_view>

namespace cus::auth {

inline constexpr std::size_t max_key_length = 512;

inline bool is_key_text(std::string_view key) {
  return !key.empty() && key.size() <= max_key_length &&
         std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f' && c != ','; });
}

}  // namespace cus::auth
