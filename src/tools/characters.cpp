// SPDX-License-Identifier: Apache-2.0
#include "characters.hpp"

namespace cus::tools {
namespace {

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

}  // namespace

std::string_view first_characters(std::string_view text, std::size_t count) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!begins_character(text[i])) continue;
    if (count == 0) return text.substr(0, i);
    --count;
  }
  return text;
}

std::string_view last_characters(std::string_view text, std::size_t count) {
  std::size_t begin = text.size();
  for (std::size_t i = text.size(); i > 0 && count > 0; --i) {
    if (!begins_character(text[i - 1])) continue;
    begin = i - 1;
    --count;
  }
  return count > 0 ? text : text.substr(begin);
}

}  // namespace cus::tools
