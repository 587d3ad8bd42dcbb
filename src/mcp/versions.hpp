// SPDX-License-Identifier: Apache-2.0
#pragma once
// The protocol revisions this server speaks, and what depends on them. The legacy ones begin with initialize;
// from 2026-07-28 on each request stands alone and says its revision.

#include <array>
#include <string>
#include <string_view>

namespace cus::mcp {

inline constexpr std::array<std::string_view, 4> legacy_versions = {"2024-11-05", "2025-03-26", "2025-06-18",
                                                                    "2025-11-25"};
inline constexpr std::array<std::string_view, 1> modern_versions = {"2026-07-28"};
inline constexpr std::string_view newest_legacy_version = legacy_versions.back();
inline constexpr std::string_view first_modern_version = modern_versions.front();
// What a request without the version header speaks: the header came with the revision after this one.
inline constexpr std::string_view headerless_version = "2025-03-26";

bool is_legacy(std::string_view version);
bool is_modern(std::string_view version);
// Whether a version of that name, known here or not, is of the modern kind: dates compare as text.
bool claims_modern(std::string_view version);
// The requested revision when it is spoken here, else the newest legacy one.
std::string_view negotiate(std::string_view requested);
// Only one revision knows arrays of messages.
bool allows_batches(std::string_view version);
// Streams of this revision can be resumed; older clients stumble over the first event of such a stream.
bool resumes_streams(std::string_view version);
// "Unsupported protocol version X. Supported: ...".
std::string unsupported_text(std::string_view version);

}  // namespace cus::mcp
