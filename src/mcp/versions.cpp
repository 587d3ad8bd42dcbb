// SPDX-License-Identifier: Apache-2.0
#include "versions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cus/base/utf8.hpp"

namespace cus::mcp {

bool is_legacy(std::string_view version) {
  return std::ranges::find(legacy_versions, version) != legacy_versions.end();
}

bool is_modern(std::string_view version) {
  return std::ranges::find(modern_versions, version) != modern_versions.end();
}

bool claims_modern(std::string_view version) {
  return version >= first_modern_version;
}

std::string_view negotiate(std::string_view requested) {
  const auto* found = std::ranges::find(legacy_versions, requested);
  return found == legacy_versions.end() ? newest_legacy_version : *found;
}

bool allows_batches(std::string_view version) {
  return version == "2025-03-26";
}

bool resumes_streams(std::string_view version) {
  return version == "2025-11-25";
}

std::string unsupported_text(std::string_view version) {
  return fmt::format("Unsupported protocol version \"{}\". Supported: {}, {}.",
                     utf8::sanitize(utf8::prefix(version, 64)), fmt::join(modern_versions, ", "),
                     fmt::join(legacy_versions, ", "));
}

}  // namespace cus::mcp
