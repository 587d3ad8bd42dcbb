// SPDX-License-Identifier: Apache-2.0
#pragma once
// The chunked coding once more, written from the grammar of RFC 9112 7.1 for a whole text at once: what the
// decoder of the server, which works piece by piece, must agree with. Meant for short inputs: no limits.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cus::fuzz {

struct ChunkedBody {
  std::string body;
  std::size_t consumed = 0;
};

namespace detail {

// A line without its CR LF, in which no control character stands but tabs.
inline std::optional<std::string_view> whole_line(std::string_view text) {
  const std::size_t end = text.find("\r\n");
  if (end == std::string_view::npos) return std::nullopt;
  for (const char c : text.substr(0, end)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return std::nullopt;
  }
  return text.substr(0, end);
}

inline std::optional<std::uint64_t> chunk_size(std::string_view line) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::uint64_t size = 0;
  std::size_t used = 0;
  for (; used < line.size(); ++used) {
    const char small =
        line[used] >= 'A' && line[used] <= 'F' ? static_cast<char>(line[used] + 32) : line[used];
    const std::size_t value = digits.find(small);
    if (value == std::string_view::npos) break;
    if (size >> 59U != 0) return std::nullopt;
    size = size * 16 + value;
  }
  const bool ends_well = used == line.size() || std::string_view("; \t").contains(line[used]);
  if (used == 0 || !ends_well) return std::nullopt;
  return size;
}

}  // namespace detail

// nullopt: malformed, or its end is missing.
inline std::optional<ChunkedBody> read_chunked(std::string_view text) {
  const std::size_t whole = text.size();
  ChunkedBody result;
  for (;;) {
    const auto line = detail::whole_line(text);
    const auto size = line ? detail::chunk_size(*line) : std::nullopt;
    if (!size) return std::nullopt;
    text.remove_prefix(line->size() + 2);
    if (*size == 0) break;
    if (text.size() < 2 || *size > text.size() - 2 || text.substr(*size, 2) != "\r\n") return std::nullopt;
    result.body.append(text.substr(0, *size));
    text.remove_prefix(*size + 2);
  }
  for (;;) {
    const auto trailer = detail::whole_line(text);
    if (!trailer) return std::nullopt;
    text.remove_prefix(trailer->size() + 2);
    if (trailer->empty()) break;
  }
  result.consumed = whole - text.size();
  return result;
}

}  // namespace cus::fuzz
