// SPDX-License-Identifier: Apache-2.0
#include "versions.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"

namespace cus::mcp {

bool is_supported(std::string_view version) {
  return std::ranges::find(supported_versions, version) != supported_versions.end();
}

std::string_view negotiate(std::string_view requested) {
  const auto* found = std::ranges::find(supported_versions, requested);
  return found == supported_versions.end() ? newest_version : *found;
}

bool allows_batches(std::string_view version) {
  return version == "2025-03-26";
}

std::optional<std::string> unsupported_claim(const Json& params) {
  const Json* meta = get_member(params, "_meta");
  if (meta == nullptr) return std::nullopt;
  auto claim = get_string(*meta, "io.modelcontextprotocol/protocolVersion");
  if (claim && is_supported(*claim)) return std::nullopt;
  return claim;
}

std::string unsupported_text(std::string_view version) {
  return fmt::format("Unsupported protocol version \"{}\". Supported: {}. Call initialize to agree on one.",
                     utf8::sanitize(utf8::prefix(version, 64)), fmt::join(supported_versions, ", "));
}

}  // namespace cus::mcp
