// SPDX-License-Identifier: Apache-2.0
#include "config/value_type.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cmath>

namespace cus::config {
namespace {

constexpr double most_processors = 1024;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_visible(char c) {
  return c > ' ' && c < 0x7f;
}

std::optional<bool> parse_boolean(std::string_view text) {
  const std::string word = lower_case(text);
  if (word == "true" || word == "1" || word == "yes") return true;
  if (word == "false" || word == "0" || word == "no") return false;
  return std::nullopt;
}

// Digits with at most one point: no sign, no exponent, no "inf".
std::optional<double> parse_decimal(std::string_view text) {
  const auto allowed = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  if (!std::ranges::all_of(text, allowed)) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::uint64_t> parse_whole(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::string_view suffixes = "bkmg";
  if (text.empty()) return std::nullopt;
  const std::size_t unit = suffixes.find(lower_case(text.substr(text.size() - 1)));
  if (unit != std::string_view::npos) text.remove_suffix(1);
  const auto number = parse_whole(text);
  const unsigned shift = unit == std::string_view::npos ? 0U : static_cast<unsigned>(unit) * 10U;
  if (!number || *number > std::numeric_limits<std::uint64_t>::max() >> shift) return std::nullopt;
  return *number << shift;
}

std::string size_words(std::uint64_t bytes) {
  constexpr std::array<std::pair<unsigned, char>, 3> units = {{{30, 'g'}, {20, 'm'}, {10, 'k'}}};
  for (const auto& [shift, suffix] : units) {
    if (bytes != 0 && bytes % (std::uint64_t{1} << shift) == 0)
      return std::to_string(bytes >> shift) + suffix;
  }
  return std::to_string(bytes) + "b";
}

ValueType boolean(bool Config::* field) {
  return {"true or false", [=](std::string_view text, Config& config) {
            const auto value = parse_boolean(text);
            if (value) config.*field = *value;
            return value.has_value();
          }};
}

ValueType seconds(std::chrono::seconds Config::* field, std::uint64_t least, std::uint64_t most) {
  return {"a whole number of seconds from " + std::to_string(least) + " to " + std::to_string(most),
          [=](std::string_view text, Config& config) {
            const auto number = parse_whole(text);
            if (!number || *number < least || *number > most) return false;
            config.*field = std::chrono::seconds(*number);
            return true;
          }};
}

ValueType size(std::uint64_t Config::* field, std::uint64_t least, std::uint64_t most) {
  return {"a whole number followed by b, k, m or g, from " + size_words(least) + " to " + size_words(most),
          [=](std::string_view text, Config& config) {
            const auto bytes = parse_size(text);
            if (!bytes || *bytes < least || *bytes > most) return false;
            config.*field = *bytes;
            return true;
          }};
}

ValueType processors(std::uint64_t Config::* field) {
  return {"a number from 0.01 to 1024, such as 1.5", [=](std::string_view text, Config& config) {
            const auto number = parse_decimal(text);
            if (!number || *number < 0.01 || *number > most_processors) return false;
            config.*field = static_cast<std::uint64_t>(std::llround(*number * 1e9));
            return true;
          }};
}

ValueType ip_address(std::string Config::* field) {
  return {"an IP address, such as 127.0.0.1, 0.0.0.0 or ::1, or localhost",
          [=](std::string_view text, Config& config) {
            // The address parser ends at a NUL, and takes any text for the name of an interface.
            if (!std::ranges::all_of(text, is_visible)) return false;
            if (lower_case(text) == "localhost") text = "127.0.0.1";
            boost::system::error_code error;
            const auto address = boost::asio::ip::make_address(text, error);
            if (!error) config.*field = address.to_string();
            return !error;
          }};
}

ValueType token_text(std::string Config::* field, std::string accepts) {
  return {std::move(accepts), [=](std::string_view text, Config& config) {
            if (!std::ranges::all_of(text, is_visible)) return false;
            config.*field = std::string(text);
            return true;
          }};
}

ValueType long_token_text(std::string Config::* field, std::size_t least) {
  return {"at least " + std::to_string(least) + " visible ASCII characters",
          [=](std::string_view text, Config& config) {
            if (text.size() < least || !std::ranges::all_of(text, is_visible)) return false;
            config.*field = std::string(text);
            return true;
          }};
}

ValueType name_text(std::string Config::* field, std::string accepts, std::string punctuation) {
  return {std::move(accepts),
          [field, punctuation = std::move(punctuation)](std::string_view text, Config& config) {
            const auto allowed = [&](char c) { return is_alphanumeric(c) || punctuation.contains(c); };
            if (text.empty() || text.size() > 255 || !std::ranges::all_of(text, allowed)) return false;
            if (!is_alphanumeric(text.front())) return false;
            config.*field = std::string(text);
            return true;
          }};
}

}  // namespace cus::config
