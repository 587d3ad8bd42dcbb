// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "registry_state.hpp"

namespace cus::sandbox {
namespace {

constexpr auto ask_limit = std::chrono::seconds(5);

// A running job is activity until its own time limit; what a job left behind is not.
Task<bool> has_running_job(Machine& machine) {
  const Result<std::vector<guest::JobStatus>> jobs = co_await machine.guest().jobs(after(ask_limit));
  co_return jobs&& std::ranges::any_of(*jobs, &guest::JobStatus::running);
}

Task<> stop_if_idle(MachinePtr machine, Clock::duration idle_timeout) {
  const Hold hold(machine);  // keeps a second sweep away while this one asks
  const auto idle_since = machine->last_activity();
  if (co_await has_running_job(*machine)) {
    machine->touch();
    co_return;
  }
  // Somebody may have come while we asked.
  if (machine->holds() > 1 || machine->last_activity() != idle_since) co_return;
  log::info("sandbox.idle",
            {{"storage", machine->storage().str()},
             {"timeout_s", std::chrono::duration_cast<std::chrono::seconds>(idle_timeout).count()}});
  const Result<> stopped = co_await machine->stop(1);
  if (!stopped) log::failure(log::Level::warn, "sandbox.stop_failed", stopped.error());
}

}  // namespace

Task<> Registry::reap_idle() {
  const std::shared_ptr<State> state = state_;
  const Clock::duration timeout = state->options.idle_timeout;
  const auto pause =
      std::clamp<Clock::duration>(timeout / 8, std::chrono::milliseconds(250), std::chrono::seconds(15));
  while (!co_await state->closing.wait(after(pause))) {
    std::vector<std::pair<StorageId, WallTime>> used;
    for (const auto& [key, machine] : state->machines) {
      if (machine->take_used()) used.emplace_back(machine->storage(), std::chrono::system_clock::now());
      const bool idle = machine->holds() == 0 && Clock::now() - machine->last_activity() >= timeout;
      if (machine->ready() && idle)
        spawn(state->services.executor, "sandbox.idle", stop_if_idle(machine, timeout));
    }
    if (used.empty()) continue;
    const Result<> touched = co_await state->services.store.touch_chats(used);
    if (!touched) log::failure(log::Level::warn, "store.touch_failed", touched.error());
  }
}

}  // namespace cus::sandbox
