// SPDX-License-Identifier: Apache-2.0
#include "core.hpp"

#include <boost/asio/this_coro.hpp>
#include <cstdio>
#include <cstdlib>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"

namespace cus::app {
namespace {

constexpr auto end_limit = std::chrono::seconds(5);

}  // namespace

Core::Core(Executor executor, CoreOptions options)
    : executor_(std::move(executor)), options_(std::move(options)), layout_(options_.data_root) {}

Core::~Core() = default;

Task<Result<std::unique_ptr<Core>>> Core::open(Executor executor, CoreOptions options) {
  std::unique_ptr<Core> core(new Core(std::move(executor), std::move(options)));
  if (const Result<> prepared = co_await core->prepare(); !prepared)
    co_return std::unexpected(prepared.error());
  co_return core;
}

Task<Result<>> Core::prepare() {
  const sandbox::Layout layout = layout_;
  if (const Result<> made = co_await bulk_pool_.run([layout] { return layout.make_root(); }); !made)
    co_return made;
  Result<Fd> lock = co_await bulk_pool_.run([layout] { return sandbox::lock_data_root(layout); });
  if (!lock) co_return std::unexpected(lock.error());
  lock_ = std::move(*lock);
  const Result<std::string> build = co_await bulk_pool_.run(
      [layout, program = options_.guest_program] { return layout.install_guest(program); });
  if (!build) co_return std::unexpected(build.error());
  options_.sandbox.guest_build = *build;
  Result<std::unique_ptr<store::Store>> store =
      co_await store::open_sqlite(layout_.store_file(), metadata_pool_);
  if (!store) co_return std::unexpected(store.error());
  store_ = std::move(*store);
  const Result<InstanceId> instance = co_await store_->instance();
  if (!instance) co_return std::unexpected(instance.error());
  options_.native.instance = *instance;
  co_await choose_engine();
  egress_ = std::make_unique<egress::Egress>(executor_, name_pool_, options_.egress);
  registry_ = std::make_unique<sandbox::Registry>(sandbox::Services{.executor = executor_,
                                                                    .engine = *engine_,
                                                                    .store = *store_,
                                                                    .pool = bulk_pool_,
                                                                    .egress = *egress_,
                                                                    .layout = layout_,
                                                                    .instance = *instance,
                                                                    .settings = options_.sandbox},
                                                  options_.registry);
  co_return co_await registry_->adopt();
}

Task<Result<engine::Report>> Core::engine_report() {
  if (engine_report_) co_return *engine_report_;
  Result<engine::Report> report = co_await engine_->report();
  if (report) engine_report_ = *report;
  co_return report;
}

// The only place that knows which engines there are.
Task<> Core::choose_engine() {
  using config::Engine;
  const char* why = "ENGINE";
  if (options_.engine != Engine::native) {
    engine_ = engine::make_docker_engine(executor_, options_.docker);
    options_.sandbox.image = options_.docker_image;
    if (options_.engine == Engine::docker || co_await engine_->ping()) {
      log::info("engine.chosen", {{"engine", "docker"}, {"socket", options_.docker.socket_path}});
      co_return;
    }
    why = "no Docker engine answers";
  }
  engine_ = engine::make_native_engine(executor_, options_.native);
  options_.sandbox.image = options_.native_image;
  log::info("engine.chosen", {{"engine", "native"}, {"why", why}, {"images", options_.native.images}});
}

Task<> close_core(Core& core, const config::Config& config, int code) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  co_await core.registry().shut_down(config.stop_sandboxes_on_exit, after(config.shutdown_grace));
  core.egress().close_all();
  if (co_await tasks_ended(executor, after(end_limit))) co_return;
  log::error("server.tasks_left", {});
  static_cast<void>(std::fflush(nullptr));
  std::_Exit(code);
}

}  // namespace cus::app
