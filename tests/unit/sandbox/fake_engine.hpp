// SPDX-License-Identifier: Apache-2.0
#pragma once
// An engine that does what the test says, to inject faults and races that a real one cannot be made to have.
// A started sandbox's guest is a task that dials the socket of its mounts, as the real one does.

#include <unistd.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cus/base/event.hpp"
#include "cus/engine/container_engine.hpp"
#include "cus/net/stream.hpp"

namespace cus::test {

class FakeEngine final : public engine::ContainerEngine {
 public:
  explicit FakeEngine(Executor executor) : executor_(std::move(executor)) {}

  std::vector<std::string> calls;                      // "create", "start" ..., in order
  std::map<std::string, std::vector<Error>> failures;  // by call: each failure is used once
  std::map<StorageId, engine::State> states;
  bool guests_call_home = true;
  std::chrono::milliseconds start_takes{0};

  // Ends the guest's connections, as a crash would.
  void lose_guest(const StorageId& storage) { guests_.erase(storage); }

  Task<Result<engine::Report>> report() override;
  Task<Result<>> ping() override { return note("ping"); }
  Task<Result<>> require_image(const std::string&) override { return note("image"); }
  Task<Result<std::vector<engine::Sandbox>>> list(const InstanceId&) override;
  Task<Result<engine::Owner>> owner(const StorageId&) override {
    co_return engine::Owner{.uid = ::geteuid(), .gid = ::getegid()};
  }
  Task<Result<engine::Sandbox>> inspect(const StorageId& storage) override;
  Task<Result<>> create(const engine::SandboxSpec& spec) override;
  Task<Result<>> start(const StorageId& storage) override;
  Task<Result<>> resume(const StorageId& storage) override;
  Task<Result<>> stop(const StorageId& storage, std::chrono::seconds grace) override;
  Task<Result<>> remove(const StorageId& storage, const InstanceId& instance) override;

 private:
  Task<Result<>> note(std::string call);
  Task<> call_home(StorageId storage);

  Executor executor_;
  std::map<StorageId, std::string> sockets_;
  std::map<StorageId, std::shared_ptr<net::Stream>> guests_;
  std::map<StorageId, std::string> tokens_;
};

}  // namespace cus::test
