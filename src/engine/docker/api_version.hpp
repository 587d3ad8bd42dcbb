// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which version of the Engine API to speak: the highest both sides know. The engine may refuse old versions
// (MinAPIVersion); this client needs 1.41.

#include <compare>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::engine {

struct ApiVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const ApiVersion&) const = default;
};

inline constexpr ApiVersion oldest_api{1, 41};
inline constexpr ApiVersion newest_api{1, 45};

// Code::engine_refused unless `text` is two small numbers with a dot between.
Result<ApiVersion> parse_api_version(std::string_view text);
std::string to_string(ApiVersion version);

// Code::unsupported with what to upgrade when the ranges do not meet.
Result<ApiVersion> choose_api_version(ApiVersion server_oldest, ApiVersion server_newest);

}  // namespace cus::engine
