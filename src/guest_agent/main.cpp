// SPDX-License-Identifier: Apache-2.0
// computer-use-guest: PID 1 of every sandbox.
#include <unistd.h>

#include <exception>
#include <string>

#include "agent.hpp"
#include "build_id.hpp"
#include "launch.hpp"

int main(int argc, char** argv) {
  namespace agent = cus::guest_agent;
  try {
    const auto options = agent::parse_options({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)});
    if (!options) {
      agent::complain("usage", options.error().message.c_str());
      return 2;
    }
    if (options->show_version) {
      const std::string line = agent::build_id() + "\n";
      return ::write(STDOUT_FILENO, line.data(), line.size()) > 0 ? 0 : 1;
    }
    return agent::run_agent(*options);
  } catch (const std::exception& error) {
    agent::complain("cannot go on", error.what());
    return 1;
  }
}
