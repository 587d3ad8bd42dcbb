// SPDX-License-Identifier: Apache-2.0
#include "config/rules.hpp"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>

#include "config/setting.hpp"

namespace cus::config {
namespace {

// sun_path has 108 bytes, the last of them for the NUL.
constexpr std::size_t longest_socket_path = 107;
constexpr std::string_view below_root = "/run/0123456789abcdef0123456789abcdef/server.sock";

bool failed(const Loaded& loaded, std::string_view key) {
  return std::ranges::find(loaded.problems, key, &Finding::key) != loaded.problems.end();
}

std::string from_environment(const Sources& sources, std::string_view key) {
  const auto found = sources.environment.find(key);
  return found == sources.environment.end() ? std::string() : found->second;
}

std::string default_data_root(const Sources& sources) {
  if (sources.is_root) return "/var/lib/computer-use";
  const std::string data_home = from_environment(sources, "XDG_DATA_HOME");
  if (data_home.starts_with('/')) return data_home + "/computer-use";
  const std::string home = from_environment(sources, "HOME");
  return home.starts_with('/') ? home + "/.local/share/computer-use" : std::string();
}

void choose_data_root(const Sources& sources, Loaded& loaded) {
  if (failed(loaded, "BASE_DATA_DIR")) return;
  std::string& root = loaded.config.data_root;
  const std::string chosen = root.empty() ? default_data_root(sources) : root;
  if (chosen.empty()) {
    loaded.problems.push_back({.key = "BASE_DATA_DIR",
                               .text = "is not set, and neither is HOME; write the absolute path of a "
                                       "directory for the server's data"});
  } else if (root.empty() && !find_setting("BASE_DATA_DIR")->type.assign(chosen, loaded.config)) {
    loaded.problems.push_back(
        {.key = "BASE_DATA_DIR",
         .text = "is not set, and HOME or XDG_DATA_HOME is no clean absolute path; write " +
                 find_setting("BASE_DATA_DIR")->type.accepts});
  }
}

void check_socket_length(Loaded& loaded) {
  const std::string& root = loaded.config.data_root;
  if (root.size() <= longest_data_root()) return;
  loaded.problems.push_back(
      {.key = "BASE_DATA_DIR",
       .text = fmt::format("\"{}\" has {} bytes; the sockets below it allow at most {}. Write a shorter path",
                           root, root.size(), longest_data_root())});
}

void choose_guest_program(const Sources& sources, Loaded& loaded) {
  if (!loaded.config.guest_program.empty() || failed(loaded, "GUEST_PROGRAM")) return;
  const std::string beside = sources.program_directory + "/computer-use-guest";
  const std::string library =
      sources.program_directory.substr(0, sources.program_directory.find_last_of('/')) +
      "/lib/computer-use/computer-use-guest";
  const Setting& setting = *find_setting("GUEST_PROGRAM");
  if (setting.type.assign(beside, loaded.config) || setting.type.assign(library, loaded.config)) return;
  loaded.problems.push_back({.key = setting.key,
                             .text = fmt::format("is not set, and there is no program {} or {}; write {}",
                                                 beside, library, setting.type.accepts)});
}

// Beside an installed program, or in the tree that this one was built in.
void find_image_builder(const Sources& sources, Config& config) {
  if (config.images_dir.empty()) config.images_dir = config.data_root + "/images";
  for (const char* place : {"/../lib/computer-use/sandbox-image/build", "/../../../sandbox-image/build"}) {
    const std::string path = sources.program_directory + place;
    if (config.image_builder.empty() && ::access(path.c_str(), X_OK) == 0) config.image_builder = path;
  }
}

void choose_network(Loaded& loaded) {
  Config& config = loaded.config;
  if (config.network_enabled) {
    config.network_enabled = config.network != Network::none;
    return;
  }
  const auto network = std::ranges::find(loaded.choices, "SANDBOX_NETWORK", &Choice::key);
  const bool chosen = network != loaded.choices.end() && network->origin != "default";
  if (chosen && config.network != Network::none) {
    loaded.warnings.push_back({.key = "SANDBOX_NETWORK",
                               .text = "has no effect while ENABLE_NETWORK is false: sandboxes have none"});
  }
  config.network = Network::none;
}

bool is_loopback(const std::string& text) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(text, error);
  if (error) return false;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

}  // namespace

std::size_t longest_data_root() {
  return longest_socket_path - below_root.size();
}

void apply_rules(const Sources& sources, Loaded& loaded) {
  Config& config = loaded.config;
  choose_data_root(sources, loaded);
  check_socket_length(loaded);
  choose_guest_program(sources, loaded);
  choose_network(loaded);
  find_image_builder(sources, config);
  config.listens_on_loopback = is_loopback(config.listen_address);
  config.needs_generated_key =
      !config.listens_on_loopback && config.api_key.empty() && config.api_keys.empty();
}

}  // namespace cus::config
