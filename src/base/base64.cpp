// SPDX-License-Identifier: Apache-2.0
#include "cus/base/base64.hpp"

#include <array>
#include <cstdint>

namespace cus {
namespace {

constexpr std::string_view common = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

char letter(unsigned value, Base64 form) {
  if (value < common.size()) return common[value];
  const bool first = value == common.size();
  if (form == Base64::url) return first ? '-' : '_';
  return first ? '+' : '/';
}

constexpr std::uint8_t no_letter = 0xFF;

std::array<std::uint8_t, 256> values_of(Base64 form) {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_letter);
  for (unsigned value = 0; value < 64; ++value)
    values.at(static_cast<unsigned char>(letter(value, form))) = static_cast<std::uint8_t>(value);
  return values;
}

}  // namespace

std::string encode_base64(std::string_view bytes, Base64 form) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) text += letter(bits >> (held - 6) & 63U, form);
  }
  if (held > 0) text += letter(bits << (6 - held) & 63U, form);
  while (form == Base64::standard && text.size() % 4 != 0) text += '=';
  return text;
}

std::optional<std::string> decode_base64(std::string_view text, Base64 form) {
  static const std::array<std::array<std::uint8_t, 256>, 2> values = {values_of(Base64::standard),
                                                                      values_of(Base64::url)};
  if (form == Base64::standard) {
    if (text.size() % 4 != 0) return std::nullopt;
    for (int most = 2; most > 0 && text.ends_with('='); --most) text.remove_suffix(1);
  }
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::uint8_t value = values.at(form == Base64::standard ? 0 : 1).at(static_cast<unsigned char>(c));
    if (value == no_letter) return std::nullopt;
    bits = bits << 6U | value;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes += static_cast<char>(bits >> held & 0xFFU);
  }
  if ((bits & ((1U << held) - 1)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace cus
