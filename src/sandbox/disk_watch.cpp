// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>
#include <sys/statvfs.h>

#include "cus/base/log.hpp"
#include "disk_use.hpp"
#include "registry_state.hpp"

namespace cus::sandbox {
namespace {

constexpr auto look_pause = std::chrono::seconds(1);
// A walk may use so much of a thread's time.
constexpr int rest_per_walk = 20;
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
  struct statvfs info{};
  const bool known = ::statvfs(layout.root().c_str(), &info) == 0;
  return {.use = {.bytes = home.bytes + outputs.bytes, .files = home.files + outputs.files},
          .free = known ? std::uint64_t{info.f_bavail} * info.f_frsize : UINT64_MAX,
          .took = Clock::now() - began};
}

std::string why(const DiskLimits& limits, const Seen& seen) {
  if (seen.use.bytes > limits.bytes)
    return fmt::format("disk limit of {} MiB: delete files in /home/assistant or /mnt/user-data/outputs",
                       limits.bytes >> 20U);
  if (seen.use.files > limits.files)
    return fmt::format("limit of {} files in home and outputs: delete some", limits.files);
  return "the server's disk is nearly full: delete large files";
}

Task<> end_jobs(Machine& machine, std::string reason) {
  const auto jobs = co_await machine.guest().jobs(after(ask_limit));
  if (!jobs) co_return;
  // What ended jobs left running writes too.
  for (const guest::JobStatus& job : *jobs)
    static_cast<void>(co_await machine.guest().kill(job.id, reason, after(ask_limit)));
}

}  // namespace

// Whoever is over a limit may still delete; whoever still grows then is ended.
Task<> Registry::watch_disk() {
  const std::shared_ptr<State> state = state_;
  const DiskLimits limits = state->options.disk;
  std::map<StorageId, DiskUse> before;
  auto pause = Clock::duration(look_pause);
  while (limits.bytes > 0 && !co_await state->closing.wait(after(pause))) {
    pause = look_pause;
    std::vector<MachinePtr> awake;
    for (const auto& [key, machine] : state->machines) {
      if (machine->ready()) awake.push_back(machine);
    }
    std::map<StorageId, DiskUse> now;
    for (const MachinePtr& machine : awake) {
      const Layout layout = state->services.layout;
      const StorageId storage = machine->storage();
      const Seen seen =
          co_await state->services.pool.run([layout, storage] { return look(layout, storage); });
      pause = std::max(pause, seen.took * rest_per_walk);
      now[storage] = seen.use;
      const bool over =
          seen.use.bytes > limits.bytes || seen.use.files > limits.files || seen.free < limits.reserve;
      const auto last = before.find(storage);
      const bool grew =
          last == before.end() || seen.use.bytes > last->second.bytes || seen.use.files > last->second.files;
      if (!over || !grew || !machine->ready()) continue;
      log::warn("sandbox.disk_limit", {{"storage", storage.str()},
                                       {"bytes", seen.use.bytes},
                                       {"files", seen.use.files},
                                       {"free", seen.free}});
      co_await end_jobs(*machine, why(limits, seen));
    }
    before = std::move(now);
  }
}

}  // namespace cus::sandbox
