// SPDX-License-Identifier: Apache-2.0
#pragma once
// The protocol revisions this server speaks, and what depends on them.

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "cus/base/json.hpp"

namespace cus::mcp {

inline constexpr std::array<std::string_view, 4> supported_versions = {"2024-11-05", "2025-03-26",
                                                                       "2025-06-18", "2025-11-25"};
inline constexpr std::string_view newest_version = supported_versions.back();
// What a request without the version header speaks: the header came with the revision after this one.
inline constexpr std::string_view headerless_version = "2025-03-26";

bool is_supported(std::string_view version);
// The requested revision when it is spoken here, else the newest.
std::string_view negotiate(std::string_view requested);
// Only one revision knows arrays of messages.
bool allows_batches(std::string_view version);
// A version that a request of a newer era claims in its parameters and that is not spoken here.
std::optional<std::string> unsupported_claim(const Json& params);
// "Unsupported protocol version X. Supported: ...".
std::string unsupported_text(std::string_view version);

}  // namespace cus::mcp
