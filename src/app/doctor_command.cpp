// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "doctor.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

Task<int> doctor(ControlClient& client, bool json) {
  const Result<Json> checks = co_await client.doctor();
  if (!checks) {
    print_error(checks.error());
    co_return exit_unusable;
  }
  if (json) {
    fmt::print("{}\n", dump_json(*checks));
  } else {
    print_checks(*checks);
  }
  co_return all_passed(*checks) ? 0 : 1;
}

}  // namespace

int run_doctor(const config::Config& config, const config::Doctor& command) {
  return with_server(config, [json = command.json](ControlClient& client) { return doctor(client, json); });
}

}  // namespace cus::app
