// SPDX-License-Identifier: Apache-2.0
#pragma once
// All computers of this server: a map with single flight (design D10). What the engine and the guests say is
// asked, not remembered; what must survive a restart is in the store. Belongs to the loop.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/histogram.hpp"
#include "cus/egress/egress.hpp"
#include "cus/engine/container_engine.hpp"
#include "cus/sandbox/computer.hpp"
#include "cus/sandbox/spec_factory.hpp"
#include "cus/store/store.hpp"

namespace cus::sandbox {

// Since the server began.
struct Counters {
  Counters();
  Histogram start_seconds;  // of the starts that succeeded
  std::uint64_t failed_starts = 0;
  std::uint64_t engine_errors = 0;
};

// What the registry works with; all of it outlives the registry.
struct Services {
  Executor executor;
  engine::ContainerEngine& engine;
  store::Store& store;
  BlockingPool& pool;
  egress::Egress& egress;
  Layout layout;
  InstanceId instance;
  SandboxSettings settings;
  std::shared_ptr<Counters> counters = std::make_shared<Counters>();
};

// Of a chat's home and outputs together.
struct DiskLimits {
  std::uint64_t bytes = 0;  // 0: none, of any kind
  std::uint64_t files = 1'000'000;
  std::uint64_t reserve = 1ULL << 30U;  // of the whole file system, left free by whoever writes
};

struct RegistryOptions {
  Clock::duration idle_timeout = std::chrono::minutes(10);
  std::size_t max_sandboxes = 0;  // awake at once; 0: no cap
  DiskLimits disk;
};

struct Listed {
  store::ChatRow chat;
  engine::State state = engine::State::absent;
  bool connected = false;
};

class Registry final : public Computers {
 public:
  Registry(Services services, RegistryOptions options);
  ~Registry() override;

  Task<Result<Computer>> acquire(const ChatKey& key, Deadline deadline) override;
  void job_running(const StorageId& storage, const JobId& job) override;
  void job_ended(const StorageId& storage, const JobId& job, const guest::JobEnd& end) override;

  // Once, before anything else: listens for the guests of sandboxes that outlived the last server, and
  // settles the jobs that were running then.
  Task<Result<>> adopt();
  // Stops sandboxes that nobody has used for the idle timeout. Ends when shut down.
  Task<> reap_idle();
  // Ends the commands of chats that write beyond their disk limit. Ends when shut down.
  Task<> watch_disk();

  Task<Result<std::vector<Listed>>> list();
  // Stops and removes the sandbox; with `files` also home, uploads, outputs and the chat itself.
  // Code::not_found for a chat that does not exist.
  enum class Remove { sandbox, sandbox_and_files };
  Task<Result<>> remove(ChatKey key, Remove what);

  // No new wakes. Then, with `stop`, stops every sandbox; without, they keep running for the next server.
  Task<> shut_down(bool stop, Deadline deadline);
  std::size_t awake() const;
  const Counters& counters() const;

  struct State;

 private:
  std::shared_ptr<State> state_;
};

}  // namespace cus::sandbox
