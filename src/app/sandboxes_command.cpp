// SPDX-License-Identifier: Apache-2.0
#include <fmt/chrono.h>
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "with_server.hpp"

namespace cus::app {
namespace {

void print_row(const Json& item) {
  const auto used = get_int(item, "last_used").value_or(0);
  fmt::print("{:<16} {:<40} {:<8} {:%Y-%m-%d %H:%M} {}\n", get_string(item, "tenant").value_or(""),
             get_string(item, "chat").value_or(""), get_string(item, "state").value_or(""),
             fmt::gmtime(static_cast<std::time_t>(used)), get_string(item, "storage").value_or(""));
}

Task<int> list(ControlClient& client, config::ListSandboxes command) {
  const Result<Json> answer = co_await client.sandboxes();
  if (!answer) {
    print_error(answer.error());
    co_return exit_unusable;
  }
  Json chosen = Json::array();
  if (const Json* items = get_member(*answer, "sandboxes"); items != nullptr && items->is_array()) {
    for (const Json& item : *items) {
      if (!command.tenant || get_string(item, "tenant") == command.tenant->str()) chosen.push_back(item);
    }
  }
  if (command.json) {
    fmt::print("{}\n", dump_json(chosen));
    co_return 0;
  }
  fmt::print("{:<16} {:<40} {:<8} {:<16} {}\n", "TENANT", "CHAT", "STATE", "LAST USED (UTC)", "STORAGE");
  for (const Json& item : chosen) print_row(item);
  co_return 0;
}

Task<int> remove(ControlClient& client, config::RemoveSandbox command) {
  const Result<> removed = co_await client.remove(command.key, command.files);
  if (command.json) {
    const Json answer =
        removed ? Json{{"removed", true}} : Json{{"removed", false}, {"message", removed.error().message}};
    fmt::print("{}\n", dump_json(answer));
  } else if (removed) {
    fmt::print("Removed the sandbox of chat '{}'{}.\n", command.key.chat.str(),
               command.files ? " and its files" : "; its files are kept");
  } else {
    print_error(removed.error());
  }
  co_return removed ? 0 : 1;
}

}  // namespace

int run_list(const config::Config& config, const config::ListSandboxes& command) {
  return with_server(config, [command](ControlClient& client) { return list(client, command); });
}

int run_remove(const config::Config& config, const config::RemoveSandbox& command) {
  return with_server(config, [command](ControlClient& client) { return remove(client, command); });
}

}  // namespace cus::app
