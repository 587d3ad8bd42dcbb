// SPDX-License-Identifier: Apache-2.0
#include "config/env_file.hpp"

#include <algorithm>
#include <expected>

#include "config/value_type.hpp"

namespace cus::config {
namespace {

using Text = std::expected<std::string, std::string>;

bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_name(std::string_view text) {
  const auto allowed = [](char c) { return is_name_start(c) || (c >= '0' && c <= '9'); };
  return !text.empty() && is_name_start(text.front()) && std::ranges::all_of(text, allowed);
}

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

// A shell and Compose put a variable's value here, this program does not.
bool has_substitution(std::string_view text, std::size_t dollar) {
  const char next = dollar + 1 < text.size() ? text[dollar + 1] : ' ';
  return next == '{' || next == '(' || is_name_start(next);
}

std::unexpected<std::string> no_substitution() {
  return std::unexpected<std::string>(
      "variables are not put in here; write 'single quotes' around a value with a $");
}

// After a closing quote only a comment may follow.
Text only_comment(std::string value, std::string_view rest) {
  const std::string_view after = trim(rest);
  if (after.empty() || (is_space(rest.front()) && after.starts_with('#'))) return value;
  return std::unexpected("there is text behind the closing quote");
}

Text single_quoted(std::string_view text) {
  const std::size_t end = text.find('\'', 1);
  if (end == std::string_view::npos) return std::unexpected("the closing ' is missing");
  return only_comment(std::string(text.substr(1, end - 1)), text.substr(end + 1));
}

Text double_quoted(std::string_view text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return only_comment(std::move(value), text.substr(i + 1));
    if (text[i] == '$' && has_substitution(text, i)) return no_substitution();
    if (text[i] != '\\') {
      value += text[i];
      continue;
    }
    ++i;
    if (i == text.size() || !std::string_view("\"\\$").contains(text[i])) {
      return std::unexpected(R"(in double quotes a \ may stand only before ", \ or $)");
    }
    value += text[i];
  }
  return std::unexpected("the closing \" is missing");
}

Text unquoted(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' && (i == 0 || is_space(text[i - 1]))) {
      text = text.substr(0, i);
      break;
    }
    if (text[i] == '"' || text[i] == '\'' || text[i] == '\\') {
      return std::unexpected("a value with quotes or \\ must be quoted as a whole");
    }
    if (text[i] == '$' && has_substitution(text, i)) return no_substitution();
  }
  return std::string(trim(text));
}

Text parse_value(std::string_view text) {
  if (text.starts_with('\'')) return single_quoted(text);
  if (text.starts_with('"')) return double_quoted(text);
  return unquoted(text);
}

std::expected<std::pair<std::string, std::string>, std::string> parse_line(std::string_view line) {
  if (line.starts_with("export ") || line.starts_with("export\t")) line = trim(line.substr(7));
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || !is_name(line.substr(0, equals))) {
    return std::unexpected("write KEY=VALUE, a comment that begins with #, or nothing");
  }
  auto value = parse_value(line.substr(equals + 1));
  if (!value) return std::unexpected(std::move(value.error()));
  return std::pair(std::string(line.substr(0, equals)), std::move(*value));
}

bool has_control(std::string_view line) {
  return std::ranges::any_of(
      line, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; });
}

void read_line(EnvFile& file, int number, std::string_view raw) {
  const auto complain = [&file, number](std::string text) {
    file.problems.push_back({.key = ".env line " + std::to_string(number), .text = std::move(text)});
  };
  const std::string_view line = trim(raw);
  if (line.empty() || line.starts_with('#')) return;
  if (has_control(line)) return complain("control characters are not allowed");
  auto entry = parse_line(line);
  if (!entry) return complain(std::move(entry.error()));
  const std::string key = entry->first;
  if (!file.values.insert(std::move(*entry)).second)
    complain(key + " was already set above; keep one of the two");
}

}  // namespace

EnvFile parse_env_file(std::string_view text) {
  EnvFile file;
  int number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    read_line(file, ++number, text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return file;
}

}  // namespace cus::config
