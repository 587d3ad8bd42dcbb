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
  Setting(std::string_view name, std::string_view under, std::string_view otherwise, ValueType values,
          std::string_view purpose, std::string_view otherwise_words = {}, Secrecy hidden = Secrecy::open)
      : key(name),
        group(under),
        default_text(otherwise),
        type(std::move(values)),
        sentence(purpose),
        default_words(otherwise_words),
        secrecy(hidden) {}

  std::string key;
  std::string_view group;
  std::string default_text;  // read like any other value; empty: not set
  ValueType type;
  std::string sentence;
  std::string default_words;  // where the default is not a fixed text
  Secrecy secrecy;
};

const std::vector<Setting>& settings();
const Setting* find_setting(std::string_view key);

// The groups in the order of the table.
std::vector<std::string_view> groups();

// "MCP_PORT" is "--mcp-port" on the command line.
std::string flag_name(std::string_view key);

}  // namespace cus::config
