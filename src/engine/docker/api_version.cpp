// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/api_version.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/docker/engine_error.hpp"

namespace cus::engine {
namespace {

std::optional<int> small_number(std::string_view digits) {
  int value = 0;
  if (digits.empty() || digits.size() > 4 || digits.front() == '-') return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<ApiVersion> parse_api_version(std::string_view text) {
  const auto dot = text.find('.');
  if (dot != std::string_view::npos) {
    const auto major = small_number(text.substr(0, dot));
    const auto minor = small_number(text.substr(dot + 1));
    if (major && minor) return ApiVersion{*major, *minor};
  }
  return bad_answer("API version", text.substr(0, 40));
}

std::string to_string(ApiVersion version) {
  return fmt::format("{}.{}", version.major, version.minor);
}

Result<ApiVersion> choose_api_version(ApiVersion server_oldest, ApiVersion server_newest) {
  const ApiVersion chosen = std::min(server_newest, newest_api);
  const std::string ranges =
      fmt::format("engine {}-{}, server {}-{}", to_string(server_oldest), to_string(server_newest),
                  to_string(oldest_api), to_string(newest_api));
  if (chosen < oldest_api) {
    return fail(Code::unsupported,
                "The container engine is too old: its API must be 1.41 or later (Docker 20.10). Upgrade it.",
                ranges);
  }
  if (chosen < server_oldest) {
    return fail(
        Code::unsupported,
        "The container engine no longer speaks an API version this server knows. Upgrade this server.",
        ranges);
  }
  return chosen;
}

}  // namespace cus::engine
