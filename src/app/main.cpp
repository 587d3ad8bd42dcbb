// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <csignal>
#include <exception>

#include "commands.hpp"
#include "core_options.hpp"

namespace {

using namespace cus;

// Settings for a command; nullopt after printing what is wrong with them.
std::optional<config::Config> settings(const config::Values& flags) {
  config::Loaded loaded = config::load(config::read_sources(flags));
  app::check_grammars(loaded);
  if (!loaded.problems.empty()) {
    fmt::print(stderr, "{}", config::problem_lines(loaded.problems));
    return std::nullopt;
  }
  log::set_level(loaded.config.log_level);
  return loaded.config;
}

struct Run {
  int operator()(const config::PrintAndExit& command) const {
    fmt::print(command.exit_code == 0 ? stdout : stderr, "{}", command.text);
    return command.exit_code;
  }
  int operator()(const config::DumpRoutes&) const { return app::run_dump_routes(); }
  int operator()(const config::CheckConfig& command) const {
    config::Loaded loaded = config::load(config::read_sources(command.flags, command.env_file));
    app::check_grammars(loaded);
    const config::Report report = config::check_report(loaded);
    fmt::print("{}", report.text);
    return report.exit_code;
  }
  int operator()(const auto& command) const {
    constexpr int bad_settings = 2;
    const std::optional<config::Config> config = settings(command.flags);
    return config ? run(*config, command) : bad_settings;
  }

 private:
  static int run(const config::Config& config, const config::Serve& command) {
    return app::run_serve(config, command);
  }
  static int run(const config::Config& config, const config::Healthcheck&) {
    return app::run_healthcheck(config);
  }
  static int run(const config::Config& config, const config::Exec& command) {
    return app::run_exec(config, command);
  }
  static int run(const config::Config& config, const config::Doctor& command) {
    return app::run_doctor(config, command);
  }
  static int run(const config::Config& config, const config::ListSandboxes& command) {
    return app::run_list(config, command);
  }
  static int run(const config::Config& config, const config::RemoveSandbox& command) {
    return app::run_remove(config, command);
  }
  static int run(const config::Config& config, const config::BuildImage& command) {
    return app::run_build_image(config, command);
  }
  static int run(const config::Config& config, const config::ListImages& command) {
    return app::run_list_images(config, command);
  }
  static int run(const config::Config& config, const config::RemoveImage& command) {
    return app::run_remove_image(config, command);
  }
};

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return std::visit(Run{}, config::parse_command_line({argv + 1, argv + argc}));
  } catch (const std::exception& error) {
    fmt::print(stderr, "computer-use-server: {}\n", error.what());
    return 70;  // EX_SOFTWARE
  }
}
