// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/engine_report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "engine/docker/advisories.hpp"
#include "engine/docker/engine_error.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t max_runtimes = 16;

std::string runtimes_of(const Json& host) {
  std::string names;
  std::size_t count = 0;
  const Json* runtimes = get_member(host, "Runtimes");
  if (runtimes == nullptr || !runtimes->is_object()) return names;
  for (const auto& [name, value] : runtimes->items()) {
    if (++count > max_runtimes) break;
    names += (names.empty() ? "" : " ") + printable(name);
  }
  return names;
}

struct Ability {
  std::string_view key;
  std::string_view limit;
  std::string_view warning;
};

constexpr std::array abilities = {
    Ability{"MemoryLimit", "memory", "The engine cannot limit memory: enable the memory cgroup."},
    Ability{"CpuCfsQuota", "cpu", "The engine cannot limit CPU time: enable the cpu cgroup."},
    Ability{"PidsLimit", "pids", "The engine cannot limit the number of processes: enable the pids cgroup."}};

void add_abilities(const Json& host, Report& report) {
  std::vector<std::string>& warnings = report.warnings;
  for (const Ability& ability : abilities) {
    if (get_bool(host, ability.key) == false) {
      warnings.emplace_back(ability.warning);
    } else {
      report.limits.emplace_back(ability.limit);
    }
  }
  const Json* security = get_member(host, "SecurityOptions");
  if (security == nullptr || !security->is_array()) return;
  const bool seccomp = std::ranges::any_of(*security, [](const Json& option) {
    return option.is_string() && option.get_ref<const std::string&>().starts_with("name=seccomp");
  });
  if (!seccomp)
    warnings.emplace_back(
        "The engine has no seccomp: sandboxes can make every system call. Use a kernel and engine with it.");
}

}  // namespace

Result<Report> make_report(const EngineInfo& info, std::string_view api_version, std::string_view info_body) {
  const Result<Json> host = parse_json(info_body);
  if (!host || !host->is_object()) return bad_answer("info", "not an object");
  Report report{.name = info.name,
                .version = info.version,
                .detail = fmt::format("API {}", api_version),
                .limits = {},
                .warnings = {}};
  for (const Component& component : info.components) {
    if (component.name != "engine")
      report.detail += fmt::format(", {} {}", component.name, component.version);
  }
  if (const std::string runtimes = runtimes_of(*host); !runtimes.empty())
    report.detail += ", runtimes: " + runtimes;
  report.warnings = known_vulnerabilities(info);
  add_abilities(*host, report);
  return report;
}

}  // namespace cus::engine
