// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/statvfs.h>

#include "cus/base/event.hpp"
#include "cus/base/log.hpp"
#include "disk_use.hpp"
#include "registry_state.hpp"

namespace cus::sandbox {
namespace {

constexpr auto look_pause = std::chrono::seconds(1);
// A walk may use so much of a thread's time.
constexpr int rest_per_walk = 20;
constexpr unsigned rounds_for_everybody = 10;
// Many walks one after the other would keep a processor from those who work.
constexpr auto pause_between = std::chrono::milliseconds(2);
constexpr auto ask_limit = std::chrono::seconds(5);

struct Seen {
  DiskUse use;
  std::uint64_t free = 0;  // of the file system
  Clock::duration took{};
};

Seen look(const Layout& layout, const StorageId& storage) {
  const auto began = Clock::now();
  const DiskUse home = measure_disk(layout.home(storage));
  const DiskUse outputs = measure_disk(layout.outputs(storage));
  return {.use = {.bytes = home.bytes + outputs.bytes, .files = home.files + outputs.files},
          .free = 0,
          .took = Clock::now() - began};
}

std::string why(const DiskLimits& limits, const Seen& seen) {
  if (seen.use.bytes > limits.bytes) {
    return fmt::format("disk limit of {} MiB: delete files in /home/assistant or /mnt/user-data/outputs",
                       limits.bytes >> 20U);
  }
  if (seen.use.files > limits.files) {
    return fmt::format("limit of {} files in home and outputs: delete some", limits.files);
  }
  return "the server's disk is nearly full: delete large files";
}

Task<> end_jobs(Machine& machine, std::string reason) {
  const auto jobs = co_await machine.guest().jobs(after(ask_limit));
  if (!jobs) co_return;
  // What ended jobs left running writes too.
  for (const guest::JobStatus& job : *jobs) {
    static_cast<void>(co_await machine.guest().kill(job.id, reason, after(ask_limit)));
  }
}

std::uint64_t free_bytes(const Layout& layout) {
  struct statvfs info{};
  const bool known = ::statvfs(layout.root().c_str(), &info) == 0;
  return known ? std::uint64_t{info.f_bavail} * info.f_frsize : UINT64_MAX;
}

bool is_over(const DiskLimits& limits, const Seen& seen) {
  return seen.use.bytes > limits.bytes || seen.use.files > limits.files || seen.free < limits.reserve;
}

bool has_grown(const std::map<StorageId, DiskUse>& before, const StorageId& storage, const DiskUse& use) {
  const auto last = before.find(storage);
  return last == before.end() || use.bytes > last->second.bytes || use.files > last->second.files;
}

void forget_others(std::map<StorageId, DiskUse>& uses, const std::vector<MachinePtr>& machines) {
  std::map<StorageId, DiskUse> kept;
  for (const MachinePtr& machine : machines) {
    if (const auto use = uses.find(machine->storage()); use != uses.end()) kept.insert(*use);
  }
  uses = std::move(kept);
}

}  // namespace

// Whoever is over a limit may still delete; whoever still grows then is ended.
Task<> Registry::watch_disk() {
  const std::shared_ptr<State> state = state_;
  const DiskLimits limits = state->options.disk;
  const Layout layout = state->services.layout;
  std::map<StorageId, DiskUse> before;
  auto pause = Clock::duration(look_pause);
  for (unsigned round = 1; limits.bytes > 0 && !co_await state->closing.wait(after(pause)); ++round) {
    pause = look_pause;
    const std::uint64_t free = co_await state->services.pool.run([layout] { return free_bytes(layout); });
    const bool everybody = round % rounds_for_everybody == 0 || free < limits.reserve;
    std::vector<MachinePtr> chosen;
    // A command that runs may write much in a second; what one left behind is looked at now and then.
    for (const auto& [key, machine] : state->machines) {
      if (machine->ready() && (everybody || machine->holds() > 0)) chosen.push_back(machine);
    }
    for (const MachinePtr& machine : chosen) {
      const StorageId storage = machine->storage();
      if (co_await state->closing.wait(after(pause_between))) co_return;
      Seen seen = co_await state->services.pool.run([layout, storage] { return look(layout, storage); });
      seen.free = free;
      pause = std::max(pause, seen.took * rest_per_walk);
      const bool grew = has_grown(before, storage, seen.use);
      before[storage] = seen.use;
      if (!is_over(limits, seen) || !grew || !machine->ready()) continue;
      co_await end_jobs(*machine, why(limits, seen));
      // What the ended ones still wrote is not the growth of who comes next.
      before[storage] = {.bytes = UINT64_MAX, .files = UINT64_MAX};
      log::warn("sandbox.disk_limit", {{"storage", storage.str()},
                                       {"bytes", seen.use.bytes},
                                       {"files", seen.use.files},
                                       {"free", seen.free}});
    }
    if (everybody) forget_others(before, chosen);
  }
}

}  // namespace cus::sandbox
