// SPDX-License-Identifier: Apache-2.0
#include "engine/native/cgroups.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <map>
#include <sstream>
#include <string_view>
#include <thread>

#include "engine/native/files.hpp"

namespace cus::engine {
namespace {

constexpr std::string_view own_part = "computer-use";
constexpr std::uint64_t period_us = 100'000;
constexpr std::uint64_t nano_per_period = 1'000'000'000 / period_us;
constexpr std::array<std::string_view, 3> wanted = {"memory", "cpu", "pids"};

bool exists(const std::string& path) {
  return ::access(path.c_str(), F_OK) == 0;
}

bool make_group(const std::string& path) {
  return ::mkdir(path.c_str(), 0755) == 0 || errno == EEXIST;
}

// Which group this process is in, by controller; "" is the unified hierarchy (cgroups(7)).
std::map<std::string, std::string> own_groups() {
  std::map<std::string, std::string> groups;
  std::istringstream lines(read_small_file("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    std::istringstream controllers(line.substr(first + 1, second - first - 1));
    std::string path = line.substr(second + 1);
    if (path == "/") path.clear();
    std::string controller;
    do {
      controller.clear();
      std::getline(controllers, controller, ',');
      groups[controller] = path;
    } while (controllers && !controllers.eof());
  }
  return groups;
}

bool has_word(const std::string& text, std::string_view word) {
  std::istringstream words(text);
  for (std::string one; words >> one;) {
    if (one == word) return true;
  }
  return false;
}

using Values = std::vector<std::pair<std::string, std::string>>;

Values unified_values(const Limits& limits) {
  return {{"memory.max", std::to_string(limits.memory_bytes)},
          {"memory.swap.max", "0"},
          {"cpu.max", fmt::format("{} {}", limits.nano_cpus / nano_per_period, period_us)},
          {"pids.max", std::to_string(limits.pids)}};
}

Values separate_values(std::string_view controller, const Limits& limits) {
  const std::string memory = std::to_string(limits.memory_bytes);
  // The first may never be above the second, not even on the way to both being higher.
  if (controller == "memory")
    return {{"memory.memsw.limit_in_bytes", "-1"},
            {"memory.limit_in_bytes", memory},
            {"memory.memsw.limit_in_bytes", memory}};
  if (controller == "pids") return {{"pids.max", std::to_string(limits.pids)}};
  if (controller == "cpu")
    return {{"cpu.cfs_period_us", std::to_string(period_us)},
            {"cpu.cfs_quota_us", std::to_string(limits.nano_cpus / nano_per_period)}};
  return {};
}

// A kernel without swap accounting lacks that file, and needs no limit there.
Result<> set_values(const std::string& path, const Values& values) {
  for (const auto& [key, value] : values) {
    const std::string file = path + "/" + key;
    if (key.contains("sw") && !exists(file)) continue;
    if (Result<> set = write_kernel_file(file, value); !set) return set;
  }
  return {};
}

}  // namespace

Cgroups Cgroups::discover(const std::string& mount) {
  Cgroups groups;
  if (exists(mount + "/cgroup.controllers")) {
    groups.find_unified(mount);
  } else {
    groups.find_separate(mount);
  }
  return groups;
}

// In a delegated group the server has to leave the group itself before it may hand controllers on (the rule
// of no internal processes); root may also make one at the top.
void Cgroups::find_unified(const std::string& mount) {
  const std::string own = mount + own_groups()[""];
  for (const std::string& parent : {own, mount}) {
    const std::string base = parent + "/" + std::string(own_part);
    if (!make_group(base)) continue;
    if (parent != mount && make_group(parent + "/server"))
      static_cast<void>(write_kernel_file(parent + "/server/cgroup.procs", "0"));
    for (const std::string_view controller : wanted) {
      const std::string order = "+" + std::string(controller);
      static_cast<void>(write_kernel_file(parent + "/cgroup.subtree_control", order));
      static_cast<void>(write_kernel_file(base + "/cgroup.subtree_control", order));
    }
    const std::string given = read_small_file(base + "/cgroup.subtree_control").value_or("");
    missing_.clear();
    for (const std::string_view controller : wanted) {
      if (!has_word(given, controller)) missing_.emplace_back(controller);
    }
    hierarchies_ = {{.controller = "", .path = base}};
    if (missing_.empty()) return;
  }
  if (hierarchies_.empty()) missing_.assign(wanted.begin(), wanted.end());
}

void Cgroups::find_separate(const std::string& mount) {
  auto own = own_groups();
  for (const std::string_view controller : {wanted[0], wanted[1], wanted[2], std::string_view("freezer")}) {
    const std::string top = mount + "/" + std::string(controller);
    const std::string parent = top + own[std::string(controller)];
    const std::string base = (exists(parent) ? parent : top) + "/" + std::string(own_part);
    if (exists(top + "/cgroup.procs") && make_group(base) && ::access(base.c_str(), W_OK) == 0) {
      hierarchies_.push_back({.controller = std::string(controller), .path = base});
    } else if (controller != "freezer") {
      missing_.emplace_back(controller);
    }
  }
}

std::vector<std::string> Cgroups::held() const {
  std::vector<std::string> held;
  for (const std::string_view controller : wanted) {
    if (std::ranges::find(missing_, controller) == missing_.end()) held.emplace_back(controller);
  }
  return held;
}

std::string Cgroups::version() const {
  if (hierarchies_.empty()) return "no cgroups";
  return unified() ? "cgroup v2" : "cgroup v1";
}

Result<> Cgroups::make(const std::string& name, const Limits& limits) const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    const std::string path = group(hierarchy, name);
    if (!make_group(path)) return std::unexpected(from_errno(errno, "mkdir " + path));
    if (unified()) {
      for (const auto& value : unified_values(limits)) {
        const std::string controller = value.first.substr(0, value.first.find('.'));
        if (std::ranges::find(missing_, controller) != missing_.end()) continue;
        if (Result<> set = set_values(path, {value}); !set) return set;
      }
    } else if (Result<> set = set_values(path, separate_values(hierarchy.controller, limits)); !set) {
      return set;
    }
  }
  return {};
}

Result<std::vector<Fd>> Cgroups::entrances(const std::string& name) const {
  std::vector<Fd> doors;
  for (const Hierarchy& hierarchy : hierarchies_) {
    const std::string path = group(hierarchy, name) + "/cgroup.procs";
    Fd door(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!door) return std::unexpected(from_errno(errno, "open " + path));
    doors.push_back(std::move(door));
  }
  return doors;
}

std::vector<Mount> Cgroups::views(const std::string& name) const {
  for (const Hierarchy& hierarchy : hierarchies_) {
    if (hierarchy.controller.empty()) return {{group(hierarchy, name), "/sys/fs/cgroup", Access::read_only}};
    if (hierarchy.controller == "memory")
      return {{group(hierarchy, name), "/sys/fs/cgroup/memory", Access::read_only}};
  }
  return {};
}

bool Cgroups::frozen(const std::string& name) const {
  return std::ranges::any_of(hierarchies_, [&](const Hierarchy& hierarchy) {
    const std::string path = group(hierarchy, name);
    if (hierarchy.controller == "freezer")
      return !read_small_file(path + "/freezer.state").value_or("THAWED").starts_with("THAWED");
    return hierarchy.controller.empty() &&
           read_small_file(path + "/cgroup.freeze").value_or("0").starts_with('1');
  });
}

Result<> Cgroups::thaw(const std::string& name) const {
  if (!frozen(name)) return {};
  for (const Hierarchy& hierarchy : hierarchies_) {
    const std::string path = group(hierarchy, name);
    if (hierarchy.controller == "freezer") return write_kernel_file(path + "/freezer.state", "THAWED");
    if (hierarchy.controller.empty()) return write_kernel_file(path + "/cgroup.freeze", "0");
  }
  return {};
}

// A group can be removed a moment after its last process has ended.
void Cgroups::remove(const std::string& name) const {
  constexpr int tries = 50;
  constexpr auto pause = std::chrono::milliseconds(2);
  for (const Hierarchy& hierarchy : hierarchies_) {
    const std::string path = group(hierarchy, name);
    for (int i = 0; i < tries && ::rmdir(path.c_str()) != 0 && errno == EBUSY; ++i)
      std::this_thread::sleep_for(pause);
  }
}

// The kernel refuses to remove a group with processes. A young one may be about to get its first.
void Cgroups::remove_abandoned() const {
  constexpr auto young = std::chrono::minutes(1);
  for (const Hierarchy& hierarchy : hierarchies_) {
    std::error_code error;
    const auto now = std::filesystem::file_time_type::clock::now();
    for (std::filesystem::directory_iterator at(hierarchy.path, error), end; !error && at != end;
         at.increment(error)) {
      std::error_code unknown;
      if (!at->is_directory(unknown) || now - at->last_write_time(unknown) < young) continue;
      ::rmdir(at->path().c_str());
    }
  }
}

}  // namespace cus::engine
