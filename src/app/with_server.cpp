// SPDX-License-Identifier: Apache-2.0
#include "with_server.hpp"

#include <fmt/core.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "control_server.hpp"
#include "core_options.hpp"
#include "doctor.hpp"

namespace cus::app {
namespace {

Task<Json> examine_as_json(Core& core) {
  co_return to_json(co_await examine(core));
}

Task<int> run_with(const config::Config& config, std::function<Task<int>(ControlClient&)> command) {
  const Executor executor = co_await boost::asio::this_coro::executor;
  const sandbox::Layout layout(config.data_root);
  ControlClient client(layout.control_socket());
  if (co_await client.server_runs()) co_return co_await command(client);
  Result<std::unique_ptr<Core>> core = co_await Core::open(executor, core_options(config));
  if (!core) {
    print_error(core.error());
    co_return exit_unusable;
  }
  ControlServer server(executor, (*core)->registry(), [&core = **core] { return examine_as_json(core); });
  if (const Result<> heard = server.listen(layout.control_socket()); !heard) {
    print_error(heard.error());
    co_return exit_unusable;
  }
  const int code = co_await command(client);
  server.close();
  co_await close_core(**core, config, code);
  co_return code;
}

}  // namespace

int with_server(const config::Config& config, std::function<Task<int>(ControlClient&)> command) {
  log::set_level(log::Level::error);  // the output belongs to the command
  boost::asio::io_context loop;
  int code = exit_unusable;
  boost::asio::co_spawn(loop, run_with(config, std::move(command)),
                        [&](const std::exception_ptr& thrown, int result) {
                          if (!thrown) code = result;
                          loop.stop();
                        });
  loop.run();
  return code;
}

void print_error(const Error& error) {
  fmt::print(stderr, "computer-use-server: {}\n", error.message);
  if (!error.cause.empty()) fmt::print(stderr, "  ({})\n", error.cause);
}

}  // namespace cus::app
