// SPDX-License-Identifier: Apache-2.0
#pragma once
// The .env file: KEY=VALUE lines, `export` before them, comments, single and double quotes. Strict: what a
// shell and Docker Compose would read differently from each other is refused with its line number.

#include <string_view>
#include <vector>

#include "cus/config/config.hpp"

namespace cus::config {

struct EnvFile {
  Values values;
  std::vector<Finding> problems;  // key: ".env line 3"; never any part of a value
};

EnvFile parse_env_file(std::string_view text);

}  // namespace cus::config
