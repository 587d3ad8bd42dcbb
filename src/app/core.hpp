// SPDX-License-Identifier: Apache-2.0
#pragma once
// Everything below the web: the data root with its lock, store, engine, egress and the registry of computers.
// serve puts the web on top; exec, sandboxes and doctor use it when no server runs.

#include <memory>
#include <optional>
#include <string>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/fd.hpp"
#include "cus/config/config.hpp"
#include "cus/egress/egress.hpp"
#include "cus/engine/docker.hpp"
#include "cus/engine/native.hpp"
#include "cus/sandbox/registry.hpp"
#include "cus/store/store.hpp"

namespace cus::app {

struct CoreOptions {
  std::string data_root;
  std::string guest_program;
  config::Engine engine = config::Engine::automatic;
  engine::DockerOptions docker;
  engine::NativeOptions native;
  std::string docker_image;
  std::string native_image;
  sandbox::SandboxSettings sandbox;
  sandbox::RegistryOptions registry;
  egress::Options egress;
};

class Core {
 public:
  // Makes the data root, takes its lock, opens the store and adopts what still runs. An error says which of
  // these failed and what to do.
  static Task<Result<std::unique_ptr<Core>>> open(Executor executor, CoreOptions options);
  Core(const Core&) = delete;
  Core& operator=(const Core&) = delete;
  ~Core();

  sandbox::Registry& registry() { return *registry_; }
  engine::ContainerEngine& engine() { return *engine_; }
  // What it said of itself when first asked.
  Task<Result<engine::Report>> engine_report();
  store::Store& store() { return *store_; }
  egress::Egress& egress() { return *egress_; }
  const sandbox::Layout& layout() const { return layout_; }
  const CoreOptions& options() const { return options_; }
  BlockingPool& metadata_pool() { return metadata_pool_; }
  BlockingPool& bulk_pool() { return bulk_pool_; }

 private:
  Core(Executor executor, CoreOptions options);
  Task<Result<>> prepare();
  Task<> choose_engine();

  // Destruction in reverse order: the pools are joined last.
  Executor executor_;
  CoreOptions options_;
  sandbox::Layout layout_;
  BlockingPool metadata_pool_{2};
  BlockingPool bulk_pool_{2};
  BlockingPool name_pool_{6};  // look-ups may hold a thread for many seconds
  std::optional<Fd> lock_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<engine::ContainerEngine> engine_;
  std::optional<engine::Report> engine_report_;
  std::unique_ptr<egress::Egress> egress_;
  std::unique_ptr<sandbox::Registry> registry_;
};

// Stops the sandboxes or lets them run on, closes what is open and waits until nothing of this core is
// running. Ends the process with `code` when something does not end in time, since destroying what it uses is
// not safe then.
Task<> close_core(Core& core, const config::Config& config, int code);

}  // namespace cus::app
