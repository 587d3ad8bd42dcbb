// SPDX-License-Identifier: Apache-2.0
#pragma once
// Cutting text by characters (code points), never inside one.

#include <cstddef>
#include <string_view>

namespace cus::tools {

// Both take valid UTF-8 and return all of it when it has no more than `count` characters.
std::string_view first_characters(std::string_view text, std::size_t count);
std::string_view last_characters(std::string_view text, std::size_t count);

}  // namespace cus::tools
