// SPDX-License-Identifier: Apache-2.0
#pragma once
// Two readers of a request head as they stand in front of servers: a strict one, and one that puts up with
// everything. A head that the server accepts must be read by both as the server reads it, or else a request
// could hide in the body of another.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "web/text.hpp"

namespace cus::fuzz {

struct Field {
  std::string name;  // lower-case
  std::string value;
  bool operator==(const Field&) const = default;
};

struct ReadHead {
  std::vector<Field> fields;
  std::size_t bytes = 0;  // up to the body
  bool operator==(const ReadHead&) const = default;
};

namespace detail {

inline std::string_view trim_controls(std::string_view text) {
  const auto skip = [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; };
  while (!text.empty() && skip(text.front())) text.remove_prefix(1);
  while (!text.empty() && skip(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace detail

// Lines end at CR LF and nothing else; a name is a token right before its colon.
inline std::optional<ReadHead> read_strictly(std::string_view text) {
  const std::size_t whole = text.size();
  ReadHead head;
  for (bool first = true;; first = false) {
    const std::size_t end = text.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) return std::nullopt;
    if (first) continue;
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    if (!std::ranges::all_of(name, web::is_token_char)) return std::nullopt;
    head.fields.push_back({web::to_lower(name), std::string(web::trim(line.substr(colon + 1)))});
  }
  head.bytes = whole - text.size();
  return head;
}

// Lines end at CR LF, LF or CR; blanks, controls and underscores in names are forgiven, empty lines before
// the request too; a line that begins with a blank is a field when it can be one.
inline std::optional<ReadHead> read_leniently(std::string_view text) {
  const std::size_t whole = text.size();
  ReadHead head;
  bool begun = false;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
    if (line.empty() && begun) {
      head.bytes = whole - text.size();
      return head;
    }
    const std::size_t colon = line.find(':');
    if (begun && colon != std::string_view::npos) {
      std::string name = web::to_lower(detail::trim_controls(line.substr(0, colon)));
      std::ranges::replace(name, '_', '-');
      head.fields.push_back({std::move(name), std::string(detail::trim_controls(line.substr(colon + 1)))});
    }
    begun = begun || !line.empty();
  }
  return std::nullopt;
}

inline std::vector<std::string> values_of(const ReadHead& head, std::string_view name) {
  std::vector<std::string> values;
  for (const Field& field : head.fields) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

}  // namespace cus::fuzz
