// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <optional>

#include "commands.hpp"
#include "control_server.hpp"
#include "core_options.hpp"
#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/sandbox/probe.hpp"
#include "cus/web/server.hpp"
#include "doctor.hpp"
#include "greeting.hpp"
#include "routes.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

namespace asio = boost::asio;

// The keys to accept, and the one that was made just now, if any.
struct Keys {
  auth::KeyRing ring;
  std::string made;
};

Result<Keys> load_keys(const config::Config& config) {
  auth::KeySettings settings{
      .single = config.api_key,
      .named = config.api_keys,
      .reach = config.listens_on_loopback ? auth::Reach::loopback : auth::Reach::network};
  Keys keys;
  if (config.needs_generated_key) {
    const Result<auth::StoredKey> stored = auth::load_or_create_key(config.data_root + "/key");
    if (!stored) return std::unexpected(stored.error());
    settings.single = stored->key;
    if (stored->created) keys.made = stored->key;
  }
  auto ring = auth::KeyRing::parse(settings);
  if (!ring) return fail(Code::invalid_argument, ring.error().front());
  keys.ring = std::move(*ring);
  return keys;
}

Result<web::ServerOptions> web_options(const config::Config& config, auth::KeyRing keys) {
  web::ServerOptions options;
  options.address = config.listen_address;
  options.port = config.port;
  options.limits.connections = config.max_connections;
  options.limits.body_bytes = config.max_body_mb << 20U;
  auto origins = auth::OriginPolicy::parse({.public_base_url = config.public_base_url,
                                            .allowed_hosts = config.allowed_hosts,
                                            .has_key = !keys.empty()});
  if (!origins) return fail(Code::invalid_argument, origins.error().front());
  options.origins = std::move(*origins);
  options.keys = std::move(keys);
  return options;
}

Task<Result<Json>> readiness(Core& core) {
  if (const Result<> alive = co_await core.engine().ping(); !alive) co_return std::unexpected(alive.error());
  if (const Result<InstanceId> stored = co_await core.store().instance(); !stored)
    co_return std::unexpected(stored.error());
  const Result<engine::Report> report = co_await core.engine_report();
  if (!report) co_return std::unexpected(report.error());
  co_return Json{{"status", "ready"},
                 {"sandboxes", core.registry().awake()},
                 {"engine", report->name},
                 {"limits", report->limits}};
}

Task<Json> examine_as_json(Core& core) {
  co_return to_json(co_await examine(core));
}

// Says in the log whether sandboxes work here, before the first chat finds out.
Task<> try_probe(Core& core) {
  const Result<std::chrono::milliseconds> took = co_await sandbox::probe(core.registry());
  if (took) {
    log::info("probe.ok", {{"ms", took->count()}});
  } else {
    log::failure(log::Level::error, "probe.failed", took.error());
  }
}

Task<> drain(web::Server& server, mcp::Server& mcp, Deadline deadline) {
  server.drain();
  constexpr auto step = std::chrono::milliseconds(50);
  while (server.requests_in_progress() > 0 && Clock::now() < deadline) co_await sleep_until(after(step));
  mcp.cancel_all();
  co_await server.stop(std::max(deadline, after(std::chrono::seconds(1))));
}

Task<bool> wait_for_signal(asio::signal_set& signals) {
  const auto [error, number] = co_await signals.async_wait(asio::as_tuple(asio::use_awaitable));
  if (!error) log::info("server.signal", {{"signal", number}});
  co_return !error;
}

// A second signal does not wait for running calls.
Task<> cancel_at_signal(asio::signal_set& signals, mcp::Server& running) {
  if (co_await wait_for_signal(signals)) running.cancel_all();
}

Task<int> serve(const config::Config& config) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGTERM, SIGINT);
  Result<std::unique_ptr<Core>> core = co_await Core::open(executor, core_options(config));
  if (!core) co_return print_error(core.error()), 1;
  Result<Keys> keys = load_keys(config);
  if (!keys) co_return print_error(keys.error()), 1;
  mcp::Server mcp(executor, (*core)->registry(), {.tools = tool_settings(config), .server_version = version});
  Result<web::ServerOptions> options = web_options(config, std::move(keys->ring));
  if (!options) co_return print_error(options.error()), 1;
  web::Server server(executor,
                     all_routes(mcp, {.max_body_bytes = config.max_body_mb << 20U},
                                [&core = **core] { return readiness(core); }),
                     std::move(*options));
  ControlServer control(executor, (*core)->registry(), [&core = **core] { return examine_as_json(core); });
  if (const Result<> heard = control.listen((*core)->layout().control_socket()); !heard) {
    co_return print_error(heard.error()), 1;
  }
  const Result<std::uint16_t> port = server.listen();
  if (!port) co_return print_error(port.error()), 1;
  spawn(executor, "web", server.run());
  spawn(executor, "sandbox.reap", (*core)->registry().reap_idle());
  spawn(executor, "sandbox.disk", (*core)->registry().watch_disk());
  spawn(executor, "probe", try_probe(**core));
  fmt::print("{}", greeting(config, *port, keys->made));
  std::fflush(stdout);
  log::info("server.started", {{"address", config.listen_address}, {"port", *port}, {"version", version}});

  co_await wait_for_signal(signals);
  const Deadline deadline = after(config.shutdown_grace);
  spawn(executor, "server.signal", cancel_at_signal(signals, mcp));
  co_await drain(server, mcp, deadline);
  control.close();
  signals.cancel();
  co_await close_core(**core, config, 0);
  log::info("server.stopped", {});
  co_return 0;
}

}  // namespace

int run_serve(const config::Config& config) {
  asio::io_context loop(1);
  int code = 1;
  asio::co_spawn(loop, serve(config), [&](const std::exception_ptr& thrown, int result) {
    if (!thrown) code = result;
    loop.stop();
  });
  loop.run();
  return code;
}

}  // namespace cus::app
