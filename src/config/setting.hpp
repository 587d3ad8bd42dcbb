// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one table of settings. Parsing, validation, --help, docs/configuration.md and .env.example are all made
// from it.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value_type.hpp"

namespace cus::config {

enum class Secrecy : std::uint8_t { open, secret };

struct Setting {
  std::string key;
  std::string_view group;
  std::string default_text;  // read like any other value; empty: not set
  ValueType type;
  std::string sentence;
  std::string default_words = {};  // where the default is not a fixed text
  Secrecy secrecy = Secrecy::open;
};

const std::vector<Setting>& settings();
const Setting* find_setting(std::string_view key);

// The groups in the order of the table.
std::vector<std::string_view> groups();

// "MCP_PORT" is "--mcp-port" on the command line.
std::string flag_name(std::string_view key);

}  // namespace cus::config
