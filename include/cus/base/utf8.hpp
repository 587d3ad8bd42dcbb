// SPDX-License-Identifier: Apache-2.0
#pragma once
// UTF-8 at the borders of cut output.

#include <cstddef>
#include <string>
#include <string_view>

namespace cus::utf8 {

bool valid(std::string_view text);

// Replaces each invalid sequence by U+FFFD.
std::string sanitize(std::string_view bytes);

// The longest prefix (suffix) of at most `limit` bytes that does not split a character.
std::string_view prefix(std::string_view text, std::size_t limit);
std::string_view suffix(std::string_view text, std::size_t limit);

// Number of code points in valid UTF-8.
std::size_t length(std::string_view text);

}  // namespace cus::utf8
