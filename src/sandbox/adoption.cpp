// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/guest/job_json.hpp"
#include "registry_state.hpp"

namespace cus::sandbox {
namespace {

// How long a guest that outlived the last server may take to call the new one.
constexpr auto call_back_limit = std::chrono::seconds(5);

Task<> put_job(std::shared_ptr<Registry::State> state, store::JobRow row) {
  const Result<> put = co_await state->services.store.put_job(row);
  if (!put) log::failure(log::Level::warn, "store.job_failed", put.error(), {{"job", row.id.str()}});
}

MachinePtr machine_of(const Registry::State& state, const StorageId& storage) {
  const auto found = std::ranges::find_if(
      state.machines, [&](const auto& item) { return item.second->storage() == storage; });
  return found == state.machines.end() ? nullptr : found->second;
}

Task<> settle(std::shared_ptr<Registry::State> state, store::JobRow row) {
  row.state = store::JobState::interrupted;
  if (const MachinePtr machine = machine_of(*state, row.storage)) {
    const Hold hold(machine);
    if (co_await machine->wait_connected(after(call_back_limit))) {
      const Result<std::vector<guest::JobStatus>> jobs =
          co_await machine->guest().jobs(after(call_back_limit));
      if (!jobs) co_return;
      const auto job = std::ranges::find(*jobs, row.id, &guest::JobStatus::id);
      if (job != jobs->end() && job->running) co_return;
      if (job != jobs->end() && job->end) {
        row.state = store::JobState::ended;
        row.end = guest::to_json(*job->end);
      }
    }
  }
  log::info("job.settled", {{"job", row.id.str()},
                            {"state", row.state == store::JobState::ended ? "ended" : "interrupted"}});
  co_await put_job(state, std::move(row));
}

}  // namespace

Task<Result<>> Registry::adopt() {
  const std::shared_ptr<State> state = state_;
  Services& services = state->services;
  const Result<std::vector<store::ChatRow>> chats = co_await services.store.chats();
  if (!chats) co_return std::unexpected(chats.error());
  Result<std::vector<store::SandboxRow>> rows = co_await services.store.sandboxes();
  if (!rows) co_return std::unexpected(rows.error());
  const Result<std::vector<store::JobRow>> jobs = co_await services.store.running_jobs();
  if (!jobs) co_return std::unexpected(jobs.error());
  std::map<StorageId, ChatKey> keys;
  for (const store::ChatRow& chat : *chats) keys[chat.storage] = chat.key;
  for (store::SandboxRow& row : *rows) {
    const auto key = keys.find(row.storage);
    if (key == keys.end()) continue;
    const auto machine = std::make_shared<Machine>(services, key->second, row.storage, true);
    const Result<engine::Owner> owner = co_await services.engine.owner(row.storage);
    if (!owner) co_return std::unexpected(owner.error());
    const Result<> made =
        co_await services.pool.run([layout = services.layout, storage = row.storage, gid = owner->gid] {
          return layout.make_run(storage, gid);
        });
    if (!made) co_return made;
    if (const Result<> adopted = machine->adopt(std::move(row)); !adopted) co_return adopted;
    state->machines.emplace(key->second, machine);
  }
  log::info("sandbox.adopted", {{"sandboxes", state->machines.size()}, {"running_jobs", jobs->size()}});
  for (const store::JobRow& row : *jobs) spawn(services.executor, "job.settle", settle(state, row));
  co_return Result<>{};
}

void Registry::job_running(const StorageId& storage, const JobId& job) {
  store::JobRow row{.id = job,
                    .storage = storage,
                    .state = store::JobState::running,
                    .started = std::chrono::system_clock::now(),
                    .end = {}};
  spawn(state_->services.executor, "job.row", put_job(state_, std::move(row)));
}

void Registry::job_ended(const StorageId& storage, const JobId& job, const guest::JobEnd& end) {
  store::JobRow row{.id = job,
                    .storage = storage,
                    .state = store::JobState::ended,
                    .started = std::chrono::system_clock::now() - end.duration,
                    .end = guest::to_json(end)};
  spawn(state_->services.executor, "job.row", put_job(state_, std::move(row)));
}

}  // namespace cus::sandbox
