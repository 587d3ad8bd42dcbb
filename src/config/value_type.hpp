// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a setting accepts, in words, beside the function that reads it into its field; so help, documentation
// and error messages cannot say anything else than what is checked.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cus/config/config.hpp"

namespace cus::config {

struct ValueType {
  using Assign = std::function<bool(std::string_view, Config&)>;
  ValueType(std::string words, Assign read) : accepts(std::move(words)), assign(std::move(read)) {}

  std::string accepts;  // as in "write <accepts>"
  Assign assign;
};

std::optional<std::uint64_t> parse_whole(std::string_view text);
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string size_words(std::uint64_t bytes);
std::string lower_case(std::string_view text);
std::string_view trim(std::string_view text);
bool is_clean_path(std::string_view path);

ValueType boolean(bool Config::* field);
ValueType seconds(std::chrono::seconds Config::* field, std::uint64_t least, std::uint64_t most);
ValueType size(std::uint64_t Config::* field, std::uint64_t least, std::uint64_t most);
ValueType processors(std::uint64_t Config::* field);
ValueType ip_address(std::string Config::* field);
ValueType base_url(std::string Config::* field);
ValueType absolute_path(std::string Config::* field);
ValueType directory(std::string Config::* field);
ValueType program(std::string Config::* field);
ValueType unix_socket(std::string Config::* field);
// Visible ASCII without spaces: API keys and lists of them. Its grammar is checked elsewhere.
ValueType token_text(std::string Config::* field, std::string accepts);
// The same, of at least so many characters.
ValueType long_token_text(std::string Config::* field, std::size_t least);
// Text of letters, digits and `punctuation` that begins with a letter or digit.
ValueType name_text(std::string Config::* field, std::string accepts, std::string punctuation);

template <std::integral Number>
ValueType whole_number(Number Config::* field, std::uint64_t least, std::uint64_t most) {
  return {"a whole number from " + std::to_string(least) + " to " + std::to_string(most),
          [=](std::string_view text, Config& config) {
            const auto number = parse_whole(text);
            if (!number || *number < least || *number > most) return false;
            config.*field = static_cast<Number>(*number);
            return true;
          }};
}

// One of the names, in any case.
template <class Enum>
ValueType choice(Enum Config::* field, std::vector<std::pair<std::string, Enum>> names) {
  std::string accepts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) accepts += i + 1 == names.size() ? " or " : ", ";
    accepts += names[i].first;
  }
  return {accepts, [field, names = std::move(names)](std::string_view text, Config& config) {
            for (const auto& [name, value] : names) {
              if (lower_case(text) != name) continue;
              config.*field = value;
              return true;
            }
            return false;
          }};
}

}  // namespace cus::config
