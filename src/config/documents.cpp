// SPDX-License-Identifier: Apache-2.0
#include "config/documents.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/setting.hpp"

namespace cus::config {
namespace {

constexpr std::size_t width = 100;

std::string default_of(const Setting& setting) {
  if (!setting.default_text.empty()) return setting.default_text;
  return setting.default_words.empty() ? "not set" : setting.default_words;
}

// A bar would end the cell.
std::string cell(std::string text) {
  for (std::size_t bar = text.find('|'); bar != std::string::npos; bar = text.find('|', bar + 2)) {
    text.insert(bar, "\\");
  }
  return text;
}

// Text in lines of at most `width` characters, each begun with `indent`.
std::string wrapped(std::string_view text, std::string_view indent) {
  std::string result;
  while (!text.empty()) {
    const std::size_t room = width - indent.size();
    std::size_t end = text.size() <= room ? text.size() : text.rfind(' ', room);
    if (end == std::string_view::npos || end == 0) end = std::min(text.find(' '), text.size());
    result += fmt::format("{}{}\n", indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

template <class Line>
std::string by_group(std::string_view heading, Line line) {
  std::string text;
  for (const std::string_view group : groups()) {
    text += fmt::format(fmt::runtime(heading), group);
    for (const Setting& setting : settings()) {
      if (setting.group == group) text += line(setting);
    }
  }
  return text;
}

std::string markdown_row(const Setting& setting) {
  const std::string value =
      setting.default_text.empty() ? default_of(setting) : "`" + setting.default_text + "`";
  return fmt::format("| `{}` | {} | {} | {} |\n", setting.key, cell(value), cell(setting.type.accepts),
                     cell(setting.sentence));
}

std::string env_entry(const Setting& setting) {
  const std::string facts = fmt::format("Default: {}. Write {}.", default_of(setting), setting.type.accepts);
  return wrapped(setting.sentence, "# ") + wrapped(facts, "# ") +
         fmt::format("#{}={}\n\n", setting.key, setting.default_text);
}

std::string help_entry(const Setting& setting) {
  const std::string facts = fmt::format("{} (default: {})", setting.type.accepts, default_of(setting));
  return fmt::format("  {} {}\n", flag_name(setting.key), setting.key) + wrapped(setting.sentence, "      ") +
         wrapped(facts, "      ");
}

}  // namespace

std::string settings_markdown() {
  return by_group("\n### {}\n\n| Name | Default | Accepts | Meaning |\n|---|---|---|---|\n", markdown_row);
}

std::string env_example() {
  return "# Settings of computer-use-server. Copy this file to .env and remove the # before what you set.\n"
         "# Flags and the environment come before this file; an empty value counts as not set.\n"
         "# Explained in docs/configuration.md; `computer-use-server check-config` checks the result.\n\n" +
         by_group("# ---- {} ----\n\n", env_entry);
}

std::string settings_help() {
  return "Settings, as a flag or under the same name in the environment or in .env:\n" +
         by_group("\n{}\n", help_entry);
}

}  // namespace cus::config
