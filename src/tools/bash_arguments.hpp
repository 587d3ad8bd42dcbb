// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arguments of bash_tool: their schema for the client and their check. A refusal is written for the model
// and says how to repair the call.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"

namespace cus::tools {

struct BashArguments {
  std::string command;
  std::string description{};  // empty: none was given
  std::chrono::seconds timeout{0};
  std::vector<std::string>
      ignored;  // names of arguments the tool does not know; bounded in number and length
};

Json bash_schema(std::chrono::seconds default_timeout);
Result<BashArguments> parse_bash_arguments(const Json& arguments, std::chrono::seconds default_timeout);

}  // namespace cus::tools
