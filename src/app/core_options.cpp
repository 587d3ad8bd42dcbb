// SPDX-License-Identifier: Apache-2.0
#include "core_options.hpp"

#include "cus/auth/trusted_proxies.hpp"

namespace cus::app {
namespace {

auth::Reach reach(const config::Config& config) {
  return config.listens_on_loopback ? auth::Reach::loopback : auth::Reach::network;
}

tools::SingleUserMode mode(config::SingleUserMode mode) {
  switch (mode) {
    case config::SingleUserMode::on:
      return tools::SingleUserMode::single;
    case config::SingleUserMode::strict:
      return tools::SingleUserMode::strict;
    case config::SingleUserMode::lenient:
      break;
  }
  return tools::SingleUserMode::lenient;
}

}  // namespace

CoreOptions core_options(const config::Config& config) {
  CoreOptions options;
  options.data_root = config.data_root;
  options.guest_program = config.guest_program;
  options.engine = config.engine;
  options.docker.socket_path = config.docker_socket;
  options.docker.data_root = config.data_root;
  if (!config.data_root_host.empty()) options.docker.data_root_host = config.data_root_host;
  options.docker_image = config.image;
  options.native_image = config.native_image;
  const sandbox::Layout layout(config.data_root);
  options.native = {.instance = {},
                    .bwrap = config.native_bwrap,
                    .images = config.images_dir,
                    .state = layout.root() + "/native",
                    .chats = layout.root() + "/chats",
                    .uid_base = static_cast<std::uint32_t>(config.uid_base),
                    .uid_count = static_cast<std::uint32_t>(config.uid_count)};
  options.sandbox.runtime = config.runtime;
  options.sandbox.skills = config.skills_dir;
  options.sandbox.tmp_bytes = config.tmp_bytes;
  constexpr std::uint64_t open_files = 16'384;  // some hosts allow no more than 20,000
  options.sandbox.limits = {.memory_bytes = config.memory_bytes,
                            .nano_cpus = config.nano_cpus,
                            .pids = config.pids,
                            .open_files = open_files,
                            .shm_bytes = config.shm_bytes};
  if (config.network == config::Network::bridge) options.sandbox.network = engine::Network::bridge;
  options.registry.idle_timeout = config.idle_timeout;
  options.registry.disk.bytes = config.disk_bytes;
  options.registry.max_sandboxes = config.max_sandboxes;
  options.egress.enabled = config.network == config::Network::proxy;
  if (auto exceptions = egress::parse_exceptions(config.egress_allow_private)) {
    options.egress.allow_private = std::move(*exceptions);
  }
  return options;
}

tools::Settings tool_settings(const config::Config& config) {
  return {.command_timeout = config.command_timeout,
          .mode = mode(config.single_user_mode),
          .structured_results = config.structured_results};
}

void check_grammars(config::Loaded& loaded) {
  const config::Config& config = loaded.config;
  const auto keys =
      auth::KeyRing::parse({.single = config.api_key, .named = config.api_keys, .reach = reach(config)});
  if (!keys) {
    for (const std::string& line : keys.error()) config::add_problem(loaded, line);
  }
  const auto origins = auth::OriginPolicy::parse(
      {.public_base_url = config.public_base_url, .allowed_hosts = config.allowed_hosts, .has_key = false});
  if (!origins) {
    for (const std::string& line : origins.error()) config::add_problem(loaded, line);
  }
  const auto proxies = auth::TrustedProxies::parse(config.trusted_proxies);
  if (!proxies) {
    for (const std::string& line : proxies.error()) config::add_problem(loaded, line);
  }
  const auto exceptions = egress::parse_exceptions(config.egress_allow_private);
  if (!exceptions) config::add_problem(loaded, "EGRESS_ALLOW_PRIVATE: " + exceptions.error().message);
}

}  // namespace cus::app
