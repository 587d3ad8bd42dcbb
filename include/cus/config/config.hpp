// SPDX-License-Identifier: Apache-2.0
#pragma once
// The server's settings as typed values, read once at the start from flags > environment > .env > defaults
// and passed on as plain data; only the app sees this header. load() reports every problem at once and never
// shows a secret. MCP_API_KEY(S), ALLOWED_HOSTS, PUBLIC_BASE_URL, TRUSTED_PROXIES and EGRESS_ALLOW_PRIVATE
// stay text here: the rooms that own their grammar check them, and the app adds what those say with
// add_problem().

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/log.hpp"

namespace cus::config {

enum class Network : std::uint8_t { proxy, none, bridge };
enum class Engine : std::uint8_t { automatic, docker, native };
enum class SingleUserMode : std::uint8_t { lenient, on, strict };

struct Config {
  std::string listen_address;  // an IP address
  std::uint16_t port = 0;      // 0: any free one
  std::string api_key;
  std::string api_keys;
  std::string allowed_hosts;
  std::string public_base_url;  // without a slash at the end; empty: not set
  std::string trusted_proxies;
  std::string user_token_secret;  // empty: users need not be signed

  std::string data_root;
  std::string data_root_host;  // the same directory as the engine sees it; empty: find out
  std::string skills_dir;      // empty: none

  Engine engine = Engine::automatic;
  std::string docker_socket;  // the path
  std::string image;          // Docker's
  std::string native_image;
  std::string native_bwrap;
  std::string images_dir;     // empty: below the data root
  std::string image_builder;  // the program that makes images; empty: none was found
  std::uint64_t uid_base = 0;
  std::uint64_t uid_count = 0;
  std::string runtime;  // empty: the engine's default
  std::string guest_program;

  std::uint64_t memory_bytes = 0;
  std::uint64_t nano_cpus = 0;
  std::int64_t pids = 0;
  std::uint64_t shm_bytes = 0;
  std::uint64_t tmp_bytes = 0;
  std::uint64_t disk_bytes = 0;  // 0: no limit
  std::chrono::seconds idle_timeout{0};
  std::chrono::seconds command_timeout{0};
  std::uint64_t max_sandboxes = 0;  // 0: no cap

  bool network_enabled = true;
  Network network = Network::proxy;  // none when the network is not enabled
  std::string egress_allow_private;

  SingleUserMode single_user_mode = SingleUserMode::lenient;
  bool structured_results = false;
  std::uint64_t max_body_mb = 0;
  std::uint64_t max_connections = 0;
  std::uint64_t max_connections_per_source = 0;
  std::uint64_t max_requests = 0;
  std::uint64_t max_requests_per_key = 0;
  bool stop_sandboxes_on_exit = false;
  std::chrono::seconds shutdown_grace{0};
  log::Level log_level = log::Level::info;

  bool listens_on_loopback = true;
  bool needs_generated_key = false;  // reachable from elsewhere and no key is set
};

// What is wrong or odd, about one variable, and what to write instead.
struct Finding {
  std::string key;
  std::string text;
};

// A setting as it was chosen, for people: a secret shows as "set".
struct Choice {
  std::string key;
  std::string shown;
  std::string origin;  // "flag", "environment", ".env", "default"
};

struct Loaded {
  Config config;  // to be used only when there is no problem
  std::vector<Finding> problems;
  std::vector<Finding> warnings;
  std::vector<Choice> choices;  // in the order of the documentation
};

using Values = std::map<std::string, std::string, std::less<>>;

// All that load() looks at besides the file system.
struct Sources {
  Values flags;  // by variable name
  Values environment;
  std::string env_file;        // the content of .env
  std::string env_file_error;  // why it could not be read
  bool is_root = false;
  std::string program_directory;  // where the running program lies
};

// Flags as given, the process environment, and `env_file`, which may be missing when it is the default.
inline constexpr std::string_view default_env_file = ".env";
Sources read_sources(Values flags, const std::string& env_file = std::string(default_env_file));

Loaded load(const Sources& sources);

// Adds what another room found, written "NAME ...: what to do".
void add_problem(Loaded& loaded, std::string_view line);

// One line a problem, for a start that is refused.
std::string problem_lines(const std::vector<Finding>& findings);

// What check-config prints: [OK], [WARN] and [ERR] lines by group, a summary, and 1 when there is an [ERR].
struct Report {
  std::string text;
  int exit_code = 0;
};
Report check_report(const Loaded& loaded);

}  // namespace cus::config
