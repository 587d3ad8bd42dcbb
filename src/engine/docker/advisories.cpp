// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/advisories.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>

namespace cus::engine {
namespace {

// major, minor, patch, candidate; a release is after its candidates.
using Version = std::array<int, 4>;
constexpr int released = 1'000'000;

struct Range {
  Version introduced;
  Version fixed;
};

struct Advisory {
  std::string_view component;
  std::string_view ids;
  std::string_view risk;
  std::string_view remedy;
  std::span<const Range> affected;
};

constexpr std::array procfs_redirect = {Range{{0, 0, 0, 0}, {1, 2, 8, released}},
                                        Range{{1, 3, 0, 0}, {1, 3, 3, released}},
                                        Range{{1, 4, 0, 0}, {1, 4, 0, 3}}};
constexpr std::array leaked_descriptor = {Range{{1, 0, 0, 93}, {1, 1, 12, released}}};
constexpr std::array runc_2026 = {Range{{1, 3, 0, 0}, {1, 3, 6, released}},
                                  Range{{1, 4, 0, 0}, {1, 4, 3, released}},
                                  Range{{1, 5, 0, 0}, {1, 5, 0, 3}}};
constexpr std::array archive = {Range{{0, 0, 0, 0}, {29, 5, 1, released}}};
constexpr std::array authz_empty = {
    Range{{19, 3, 0, 0}, {23, 0, 15, released}}, Range{{24, 0, 0, 0}, {25, 0, 6, released}},
    Range{{26, 0, 0, 0}, {26, 1, 5, released}}, Range{{27, 0, 0, 0}, {27, 1, 1, released}}};
constexpr std::array authz_large = {Range{{0, 0, 0, 0}, {29, 3, 1, released}}};

constexpr std::array advisories = {
    Advisory{"runc", "CVE-2025-31133, CVE-2025-52565, CVE-2025-52881",
             "a container can break out through redirected procfs writes",
             "Upgrade runc to 1.2.8, 1.3.3 or later", procfs_redirect},
    Advisory{"runc", "CVE-2024-21626", "a container can reach the host's files through a leaked descriptor",
             "Upgrade runc to 1.1.12 or later", leaked_descriptor},
    Advisory{"runc", "CVE-2026-41579", "a fault in the container runtime",
             "Upgrade runc to 1.3.6, 1.4.3 or later", runc_2026},
    Advisory{"engine", "CVE-2026-41567",
             "PUT archive runs a program of the container as root on the host (this server never uses that "
             "endpoint; others might)",
             "Upgrade Docker to 29.5.1 or later", archive},
    Advisory{"engine", "CVE-2024-41110",
             "requests without a body pass authorization plugins (only matters when one is installed)",
             "Upgrade Docker to 23.0.15, 25.0.6, 26.1.5, 27.1.1 or later", authz_empty},
    Advisory{"engine", "GHSA-x744-4wpc-v9h2",
             "oversized requests pass authorization plugins (only matters when one is installed)",
             "Upgrade Docker to 29.3.1 or later", authz_large},
};

// Reads "1.2.8", "v1.3.0-rc.2", "20.10.24+dfsg1", "1.1.5+ds1-1+deb12u1"; what follows the numbers is ignored
// but for a candidate.
std::optional<Version> parse_version(std::string_view text) {
  if (text.starts_with('v')) text.remove_prefix(1);
  Version version = {0, 0, 0, released};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version.at(i));
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (i == 2 || !text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  const auto mark = text.find("rc");
  if (mark > 1) return version;  // as npos is, too
  text.remove_prefix(mark + 2);
  if (text.starts_with('.')) text.remove_prefix(1);
  version[3] = 0;
  std::from_chars(text.data(), text.data() + text.size(), version[3]);
  return version;
}

bool is_affected(const Advisory& advisory, const Version& version) {
  return std::ranges::any_of(advisory.affected, [&](const Range& range) {
    return version >= range.introduced && version < range.fixed;
  });
}

std::string warning(const Advisory& advisory, std::string_view component, std::string_view version) {
  std::string text =
      fmt::format("{} {} has {}: {}. {}.", component, version, advisory.ids, advisory.risk, advisory.remedy);
  if (version.contains('+') || version.contains('~')) {
    text += " (A distribution's build may carry the fix under an old number: see its security tracker.)";
  }
  return text;
}

}  // namespace

std::vector<std::string> known_vulnerabilities(const EngineInfo& info) {
  std::vector<std::string> warnings;
  const auto check = [&warnings](std::string_view key, std::string_view shown, const std::string& text) {
    const auto version = parse_version(text);
    if (!version) return;
    for (const Advisory& advisory : advisories) {
      if (advisory.component == key && is_affected(advisory, *version))
        warnings.push_back(warning(advisory, shown, text));
    }
  };
  if (info.name == "docker") check("engine", "Docker", info.version);
  for (const Component& component : info.components) {
    if (component.name == "runc") check("runc", "runc", component.version);
  }
  return warnings;
}

}  // namespace cus::engine
