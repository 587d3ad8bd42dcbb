// SPDX-License-Identifier: Apache-2.0
#include "sandbox/fake_engine.hpp"

#include <array>

#include "cus/base/spawn.hpp"

namespace cus::test {

using engine::State;

Task<Result<>> FakeEngine::note(std::string call) {
  calls.push_back(call);
  auto& planned = failures[call];
  if (planned.empty()) co_return Result<>{};
  Error error = planned.front();
  planned.erase(planned.begin());
  co_return std::unexpected(std::move(error));
}

Task<Result<engine::Report>> FakeEngine::report() {
  co_return engine::Report{"fake", "1", "", {}, {}};
}

Task<Result<std::vector<engine::Sandbox>>> FakeEngine::list(const InstanceId&) {
  std::vector<engine::Sandbox> found;
  for (const auto& [storage, state] : states) found.push_back({storage, state, ""});
  co_return found;
}

Task<Result<engine::Sandbox>> FakeEngine::inspect(const StorageId& storage) {
  const Result<> noted = co_await note("inspect");
  if (!noted) co_return std::unexpected(noted.error());
  const auto found = states.find(storage);
  co_return engine::Sandbox{storage, found == states.end() ? State::absent : found->second, ""};
}

Task<Result<>> FakeEngine::create(const engine::SandboxSpec& spec) {
  Result<> noted = co_await note("create");
  if (!noted) co_return noted;
  sockets_[spec.storage] = spec.mounts.front().source + "/server.sock";
  states[spec.storage] = State::created;
  co_return noted;
}

Task<Result<>> FakeEngine::start(const StorageId& storage) {
  Result<> noted = co_await note("start");
  if (!noted) co_return noted;
  co_await sleep_until(after(start_takes));
  states[storage] = State::running;
  if (guests_call_home) spawn(executor_, "fake.guest", call_home(storage));
  co_return noted;
}

Task<> FakeEngine::call_home(StorageId storage) {
  auto stream = co_await net::connect_unix(sockets_[storage], after(std::chrono::seconds(2)));
  if (!stream) co_return;
  const std::shared_ptr<net::Stream> kept = std::move(*stream);
  guests_[storage] = kept;
  const std::string hello = R"({"cus":{"min":1,"max":1},"kind":"control","boot":")" + std::string(32, '0') +
                            R"(","build":"fake"})" + "\n";
  co_await kept->write(hello, after(std::chrono::seconds(2)));
  std::array<char, 512> answer{};
  (void)co_await kept->read_some(answer, after(std::chrono::seconds(2)));
}

Task<Result<>> FakeEngine::resume(const StorageId& storage) {
  Result<> noted = co_await note("resume");
  if (noted) states[storage] = State::running;
  co_return noted;
}

Task<Result<>> FakeEngine::stop(const StorageId& storage, std::chrono::seconds) {
  Result<> noted = co_await note("stop");
  if (!noted) co_return noted;
  states[storage] = State::stopped;
  lose_guest(storage);
  co_return noted;
}

Task<Result<>> FakeEngine::remove(const StorageId& storage, const InstanceId&) {
  Result<> noted = co_await note("remove");
  if (!noted) co_return noted;
  states.erase(storage);
  lose_guest(storage);
  co_return noted;
}

}  // namespace cus::test
