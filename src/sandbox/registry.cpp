// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/registry.hpp"

#include <algorithm>
#include <array>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "registry_state.hpp"

namespace cus::sandbox {
namespace {

constexpr std::array<double, 12> start_bounds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

}  // namespace

Counters::Counters() : start_seconds(start_bounds) {}

// The chat's machine; its row is read or made once, however many ask at the same time.
Task<Result<MachinePtr>> Registry::State::find(ChatKey key) {
  for (auto other = looking_up.find(key); other != looking_up.end(); other = looking_up.find(key)) {
    const std::shared_ptr<Event> ended = other->second;
    co_await ended->wait();
  }
  if (const auto known = machines.find(key); known != machines.end()) co_return known->second;
  const auto ended = std::make_shared<Event>(services.executor);
  looking_up.emplace(key, ended);
  const StorageId fresh = new_storage_id();
  const Result<store::ChatRow> row = co_await services.store.get_or_add_chat(key, fresh);
  looking_up.erase(key);
  ended->set();
  if (!row) co_return std::unexpected(row.error());
  const bool has_history = row->storage != fresh;
  const auto machine = std::make_shared<Machine>(services, key, row->storage, has_history);
  machines.emplace(key, machine);
  co_return machine;
}

std::size_t Registry::State::awake() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      machines, [](const auto& item) { return item.second->ready() || item.second->busy(); }));
}

Registry::Registry(Services services, RegistryOptions options)
    : state_(std::make_shared<State>(std::move(services), options)) {}
Registry::~Registry() = default;

Task<Result<Computer>> Registry::acquire(const ChatKey& key, Deadline deadline) {
  const std::shared_ptr<State> state = state_;
  if (state->closing.is_set())
    co_return fail(Code::unavailable, "The server is shutting down. Try again shortly.");
  MachinePtr machine;
  if (const auto known = state->machines.find(key); known != state->machines.end()) {
    machine = known->second;
  } else {
    Result<MachinePtr> found = co_await state->find(key);
    if (!found) co_return std::unexpected(found.error());
    machine = std::move(*found);
  }
  auto hold = std::make_shared<Hold>(machine);
  if (!machine->ready()) {
    const std::size_t cap = state->options.max_sandboxes;
    if (cap != 0 && !machine->busy() && state->awake() >= cap) {
      co_return fail(Code::too_many, "All " + std::to_string(cap) +
                                         " sandboxes are in use. Try again later, or raise MAX_SANDBOXES.");
    }
    if (const Result<> awake = co_await machine->wake(deadline); !awake)
      co_return std::unexpected(awake.error());
  } else {
    machine->rouse();
  }
  co_return Computer{.storage = machine->storage(),
                     .guest = machine->guest(),
                     .hold = std::move(hold),
                     .news = machine->take_news()};
}

Task<Result<std::vector<Listed>>> Registry::list() {
  const std::shared_ptr<State> state = state_;
  const Result<std::vector<store::ChatRow>> chats = co_await state->services.store.chats();
  if (!chats) co_return std::unexpected(chats.error());
  const Result<std::vector<engine::Sandbox>> known =
      co_await state->services.engine.list(state->services.instance);
  if (!known) {
    ++state->services.counters->engine_errors;
    co_return std::unexpected(known.error());
  }
  std::map<StorageId, engine::State> states;
  for (const engine::Sandbox& sandbox : *known) states[sandbox.storage] = sandbox.state;
  std::vector<Listed> listed;
  for (const store::ChatRow& chat : *chats) {
    const auto machine = state->machines.find(chat.key);
    const auto in_engine = states.find(chat.storage);
    listed.push_back({.chat = chat,
                      .state = in_engine == states.end() ? engine::State::absent : in_engine->second,
                      .connected = machine != state->machines.end() && machine->second->ready()});
  }
  co_return listed;
}

Task<Result<>> Registry::remove(ChatKey key, Remove what) {
  const std::shared_ptr<State> state = state_;
  const Result<std::optional<store::ChatRow>> row = co_await state->services.store.find_chat(key);
  if (!row) co_return std::unexpected(row.error());
  if (!row->has_value()) co_return fail(Code::not_found, "There is no chat '" + key.chat.str() + "'.");
  const Result<MachinePtr> machine = co_await state->find(key);
  if (!machine) co_return std::unexpected(machine.error());
  if (const Result<> removed = co_await (*machine)->remove(); !removed) co_return removed;
  if (what == Remove::sandbox) co_return Result<>{};
  state->machines.erase(key);
  const StorageId storage = (*machine)->storage();
  const Result<> erased = co_await state->services.pool.run(
      [layout = state->services.layout, storage] { return layout.remove_chat(storage); });
  if (!erased) co_return erased;
  co_return co_await state->services.store.remove_chat(storage);
}

namespace {

Task<> stop_one(MachinePtr machine, std::shared_ptr<std::size_t> left, std::shared_ptr<Event> done) {
  const Result<> stopped = co_await machine->stop();
  if (!stopped) log::failure(log::Level::warn, "sandbox.stop_failed", stopped.error());
  if (--*left == 0) done->set();
}

}  // namespace

Task<> Registry::shut_down(bool stop, Deadline deadline) {
  const std::shared_ptr<State> state = state_;
  state->closing.set();
  std::vector<MachinePtr> awake;
  for (const auto& [key, machine] : state->machines) {
    if (stop && machine->ready()) awake.push_back(machine);
  }
  const auto left = std::make_shared<std::size_t>(awake.size());
  const auto done = std::make_shared<Event>(state->services.executor);
  if (awake.empty()) done->set();
  for (const MachinePtr& machine : awake) {
    spawn(state->services.executor, "sandbox.stop", stop_one(machine, left, done));
  }
  co_await done->wait(deadline);
  for (const auto& [key, machine] : state->machines) machine->close();
}

const Counters& Registry::counters() const {
  return *state_->services.counters;
}

std::size_t Registry::awake() const {
  return state_->awake();
}

}  // namespace cus::sandbox
