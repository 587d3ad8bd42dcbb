// SPDX-License-Identifier: Apache-2.0
#pragma once
// What every fuzz target uses. A target is one pure function of its input that aborts when a property does
// not hold; libFuzzer calls it, and replay_main.cpp calls it with what lies in fuzz/corpus. Inputs are text
// where that is possible, so that a corpus file can be read and written by hand.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace cus::fuzz {

inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};  // NOLINT(cppcoreguidelines-pro-type-reinterpret-cast)
}

// Printable ASCII as it is, every other byte as \xNN.
inline std::string visible(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes.substr(0, 2000)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text += c;
    } else {
      text.append("\\x").append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
  }
  return text;
}

inline void require(bool holds, std::string_view property, std::string_view shown = {}) {
  if (holds) return;
  const std::string text = "The property does not hold: " + std::string(property) +
                           (shown.empty() ? "" : "\n  " + visible(shown)) + "\n";
  (void)std::fputs(text.c_str(), stderr);
  std::abort();
}

// The part before `separator`, which is removed together with it; all that is left when there is none.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}
inline std::string_view take_line(std::string_view& rest) {
  return take_until(rest, '\n');
}

// Numbers that depend on the input alone: how to cut it into pieces, for example.
class Choices {
 public:
  explicit Choices(std::string_view input) {
    for (const char c : input) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  // From 1 to `most`.
  std::size_t up_to(std::size_t most) {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return 1 + static_cast<std::size_t>(state_ % most);
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325U;
};

}  // namespace cus::fuzz
