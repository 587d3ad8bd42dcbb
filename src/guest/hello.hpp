// SPDX-License-Identifier: Apache-2.0
#pragma once
// The first line of a guest's connection, checked (guest/protocol.hpp).

#include <optional>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::guest {

struct Hello {
  int version = 0;  // the highest both sides speak
  std::string kind;
  std::string boot;
  std::string build;
  std::optional<std::string> token;
  std::string via;
};

Result<Hello> parse_hello(std::string_view line);
std::string accept_line(int version, const std::optional<std::string>& token);
std::string refuse_line(std::string_view why);
// Takes the same time for every wrong token.
bool same_token(std::string_view a, std::string_view b);

}  // namespace cus::guest
