// SPDX-License-Identifier: Apache-2.0
#include "progress_text.hpp"

#include <fmt/format.h>

#include "characters.hpp"
#include "cus/base/utf8.hpp"

namespace cus::tools {
namespace {

constexpr std::size_t max_label_characters = 60;
constexpr std::size_t max_line_characters = 120;
constexpr std::size_t looked_at_bytes = 4096;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// The index after the escape sequence that begins at `i`: ESC [ parameters letter, or ESC and one byte.
std::size_t skip_escape(std::string_view text, std::size_t i) {
  if (i + 1 >= text.size() || text[i + 1] != '[') return i + 2;
  i += 2;
  while (i < text.size() && (text[i] < '@' || text[i] > '~')) ++i;
  return i + 1;
}

// Without colours and control characters, trimmed, and cut to so many characters.
std::string plain(std::string_view text, std::size_t max_characters) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == '\x1b') {
      i = skip_escape(text, i);
      continue;
    }
    const bool space = text[i] == ' ' || text[i] == '\t';
    if (space && !clean.empty()) clean += ' ';
    if (!space && !is_control(text[i])) clean += text[i];
    ++i;
  }
  while (clean.ends_with(' ')) clean.pop_back();
  clean = utf8::sanitize(clean);
  if (utf8::length(clean) <= max_characters) return clean;
  return std::string(first_characters(clean, max_characters - 1)) + "…";
}

// Calls plain for each line from the last on, and returns the first that shows anything. Lines end with \n or
// \r: a progress bar that rewrites its line shows its latest state.
std::string last_shown_line(std::string_view text, std::size_t max_characters) {
  while (!text.empty()) {
    const std::size_t begin = text.find_last_of("\r\n") + 1;
    std::string line = plain(text.substr(begin), max_characters);
    if (!line.empty()) return line;
    text = text.substr(0, begin == 0 ? 0 : begin - 1);
  }
  return {};
}

}  // namespace

std::string elapsed_text(std::chrono::seconds elapsed) {
  const auto minutes = elapsed.count() / 60;
  const auto seconds = elapsed.count() % 60;
  if (minutes == 0) return fmt::format("{}s", seconds);
  return seconds == 0 ? fmt::format("{}m", minutes) : fmt::format("{}m {}s", minutes, seconds);
}

std::string label(std::string_view description, std::string_view command) {
  const std::string_view text = description.empty() ? command : description;
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const std::string_view line = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  return plain(line.substr(0, looked_at_bytes), max_label_characters);
}

std::string last_line(std::string_view output) {
  return last_shown_line(utf8::suffix(output, looked_at_bytes), max_line_characters);
}

std::string progress_text(std::string_view label, std::chrono::seconds elapsed, std::string_view last_line) {
  const std::string first = fmt::format("Running: {} ({})", label, elapsed_text(elapsed));
  return last_line.empty() ? first : fmt::format("{}\n→ {}", first, last_line);
}

}  // namespace cus::tools
