// SPDX-License-Identifier: Apache-2.0
#include "doctor.hpp"

#include <fmt/core.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cus/sandbox/probe.hpp"

namespace cus::app {
namespace {

constexpr std::uint64_t disk_reserve = 1ULL << 30U;
constexpr std::array<std::string_view, 3> verdict_names = {"ok", "warn", "failed"};

Check failed(std::string name, const Error& error, std::string remedy) {
  std::string detail = error.message + (error.cause.empty() ? "" : " (" + error.cause + ")");
  return {std::move(name), Verdict::failed, std::move(detail), std::move(remedy)};
}

Task<std::vector<Check>> check_engine(Core& core) {
  std::vector<Check> checks;
  const Result<engine::Report> report = co_await core.engine().report();
  if (!report) {
    checks.push_back(
        failed("engine", report.error(), "Make it work, or choose another with ENGINE (and DOCKER_SOCKET)."));
    co_return checks;
  }
  checks.push_back({"engine", Verdict::ok, report->name + " " + report->version + ", " + report->detail, {}});
  for (const std::string& warning : report->warnings) {
    checks.push_back({"engine", Verdict::warn, warning, {}});
  }
  const std::string& image = core.options().sandbox.image;
  const Result<> found = co_await core.engine().require_image(image);
  if (found) {
    checks.push_back({"image", Verdict::ok, image, {}});
  } else {
    checks.push_back(failed(
        "image", found.error(),
        "Build it (./run does, or computer-use-server image build), or name another with DOCKER_IMAGE or "
        "NATIVE_IMAGE."));
  }
  co_return checks;
}

// CAP_CHOWN, CAP_DAC_OVERRIDE and CAP_FOWNER, bits 0, 1 and 3 of the effective set.
bool may_give_files_away() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("CapEff:")) continue;
    constexpr std::uint64_t needed = 0b1011;
    return (std::stoull(line.substr(7), nullptr, 16) & needed) == needed;
  }
  return false;
}

Task<Check> check_permissions(Core& core) {
  const Result<engine::Owner> owner = co_await core.engine().owner(new_storage_id());
  if (!owner) co_return failed("permissions", owner.error(), "See the message.");
  if (::geteuid() == owner->uid)
    co_return Check{"permissions", Verdict::ok, "runs as the sandboxes' own user", {}};
  if (may_give_files_away())
    co_return Check{"permissions", Verdict::ok, "may give files to a sandbox's user", {}};
  co_return Check{"permissions", Verdict::failed,
                  fmt::format("the server (uid {}) may not give files to uid {}", ::geteuid(), owner->uid),
                  "Run it as root, or with the capabilities CHOWN, DAC_OVERRIDE and FOWNER."};
}

Check check_disk(const Core& core) {
  const std::string& root = core.layout().root();
  struct statvfs info{};
  if (::statvfs(root.c_str(), &info) != 0)
    return failed("disk", from_errno(errno, "statvfs " + root), "Check BASE_DATA_DIR.");
  const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
  const std::string detail =
      fmt::format("{} has {:.1f} GiB free", root, static_cast<double>(free) / (1U << 30U));
  if (free >= disk_reserve) return {"disk", Verdict::ok, detail, {}};
  return {"disk", Verdict::failed, detail, "Free some space, or set BASE_DATA_DIR to a larger disk."};
}

Check check_socket_path(const Core& core) {
  constexpr std::size_t limit = 107;  // sun_path of unix(7), with its NUL
  const std::size_t size = core.layout().server_socket(StorageId(std::string(32, '0'))).size();
  if (size <= limit) return {"socket path", Verdict::ok, fmt::format("{} of {} bytes", size, limit), {}};
  return {"socket path", Verdict::failed, fmt::format("{} bytes, {} are possible", size, limit),
          "Set BASE_DATA_DIR to a shorter path."};
}

Task<Check> check_probe(Core& core) {
  const Result<std::chrono::milliseconds> took = co_await sandbox::probe(core.registry());
  if (took)
    co_return Check{"probe sandbox", Verdict::ok, fmt::format("first result after {} ms", took->count()), {}};
  co_return failed("probe sandbox", took.error(), "Fix what the message names, then run doctor again.");
}

}  // namespace

Task<std::vector<Check>> examine(Core& core) {
  std::vector<Check> checks = {co_await check_permissions(core), check_disk(core), check_socket_path(core)};
  const std::vector<Check> engine = co_await check_engine(core);
  const bool usable =
      std::ranges::none_of(engine, [](const Check& c) { return c.verdict == Verdict::failed; });
  checks.insert(checks.end(), engine.begin(), engine.end());
  if (usable) checks.push_back(co_await check_probe(core));
  co_return checks;
}

Json to_json(const std::vector<Check>& checks) {
  Json items = Json::array();
  for (const Check& check : checks) {
    items.push_back({{"name", check.name},
                     {"verdict", verdict_names.at(static_cast<std::size_t>(check.verdict))},
                     {"detail", check.detail},
                     {"remedy", check.remedy}});
  }
  return Json{{"checks", std::move(items)}};
}

bool all_passed(const Json& checks) {
  const Json* items = get_member(checks, "checks");
  return items != nullptr && items->is_array() && std::ranges::none_of(*items, [](const Json& item) {
           return get_string(item, "verdict") == "failed";
         });
}

void print_checks(const Json& checks) {
  const Json* items = get_member(checks, "checks");
  if (items == nullptr || !items->is_array()) return;
  for (const Json& item : *items) {
    const std::string verdict = get_string(item, "verdict").value_or("failed");
    const std::string_view mark = verdict == "ok" ? "[OK]  " : verdict == "warn" ? "[WARN]" : "[FAIL]";
    fmt::print("{} {}: {}\n", mark, get_string(item, "name").value_or(""),
               get_string(item, "detail").value_or(""));
    const std::string remedy = get_string(item, "remedy").value_or("");
    if (!remedy.empty()) fmt::print("       -> {}\n", remedy);
  }
  fmt::print("{}\n", all_passed(checks) ? "This machine can run sandboxes."
                                        : "This machine cannot run sandboxes yet.");
}

}  // namespace cus::app
