// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>
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
#include "cus/mcp_fixtures/fixtures.hpp"
#include "cus/sandbox/probe.hpp"
#include "cus/web/server.hpp"
#include "doctor.hpp"
#include "greeting.hpp"
#include "metrics.hpp"
#include "routes.hpp"
#include "test_websocket.hpp"
#include "web_options.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

namespace asio = boost::asio;

constexpr auto cancel_limit = std::chrono::seconds(3);

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

Task<> wait_idle(web::Server& server, Deadline deadline) {
  constexpr auto step = std::chrono::milliseconds(20);
  while (server.requests_in_progress() > 0 && Clock::now() < deadline) co_await sleep_until(after(step));
}

Task<> drain(web::Server& server, mcp::Server& mcp, Deadline deadline) {
  server.drain();
  mcp.end_streams();
  co_await wait_idle(server, deadline);
  mcp.cancel_all();
  // What was cancelled still answers.
  co_await wait_idle(server, after(cancel_limit));
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

Task<int> serve(const config::Config& config, const config::Serve& command) {
  const Executor executor = co_await asio::this_coro::executor;
  asio::signal_set signals(executor, SIGTERM, SIGINT);
  Result<std::unique_ptr<Core>> core = co_await Core::open(executor, core_options(config));
  if (!core) co_return print_error(core.error()), 1;
  Result<Keys> keys = load_keys(config);
  if (!keys) co_return print_error(keys.error()), 1;
  mcp::Options offer{.tools = tool_settings(config), .server_version = version};
  offer.pool = &(*core)->bulk_pool();
  std::vector<tools::Tool> tools = tools::all_tools(offer.tools);
  if (command.fixtures) mcp_fixtures::add_fixtures(offer, tools);
  mcp::Server mcp(executor, (*core)->registry(), std::move(offer), std::move(tools));
  Result<web::ServerOptions> options = web_options(config, std::move(keys->ring));
  if (!options) co_return print_error(options.error()), 1;
  web::Metrics metrics;
  add_metrics(metrics, **core, mcp);
  web::Routes routes = all_routes(
      mcp, {.max_body_bytes = config.max_body_mb << 20U}, [&core = **core] { return readiness(core); },
      metrics);
  if (command.test_websocket) std::ranges::move(test_websocket_routes(), std::back_inserter(routes));
  web::Server server(executor, std::move(routes), std::move(*options));
  metrics.add([&server](web::MetricWriter& writer) { server.write_metrics(writer); });
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

int run_serve(const config::Config& config, const config::Serve& command) {
  asio::io_context loop(1);
  int code = 1;
  asio::co_spawn(loop, serve(config, command), [&](const std::exception_ptr& thrown, int result) {
    if (!thrown) code = result;
    loop.stop();
  });
  loop.run();
  return code;
}

}  // namespace cus::app
