// SPDX-License-Identifier: Apache-2.0
#include "config/setting.hpp"

#include <algorithm>

namespace cus::config {
namespace {

using enum Secrecy;

constexpr std::uint64_t mebibyte = 1ULL << 20U;
constexpr std::uint64_t gibibyte = 1ULL << 30U;

constexpr std::string_view access = "Listening and access";
constexpr std::string_view data = "Data";
constexpr std::string_view engine = "Container engine";
constexpr std::string_view limits = "Sandbox limits";
constexpr std::string_view network = "Sandbox network";
constexpr std::string_view chats = "Chats and results";
constexpr std::string_view server = "Server";

std::vector<Setting> access_settings() {
  return {
      {"LISTEN_ADDRESS", access, "127.0.0.1", ip_address(&Config::listen_address),
       "The address to listen on. Anything but loopback needs a key; without one a random key is made, "
       "stored "
       "under the data root and printed once."},
      {"MCP_PORT", access, "8081", whole_number(&Config::port, 0, 65535),
       "The port of everything: MCP, files, health. 0 takes any free one."},
      {"MCP_API_KEY", access, "",
       token_text(&Config::api_key,
                  "at most 512 visible ASCII characters without a comma, 16 or more unless "
                  "listening on loopback"),
       "The key of the tenant `default`, sent by clients as `Authorization: Bearer KEY`.", "", secret},
      {"MCP_API_KEYS", access, "", token_text(&Config::api_keys, "name:key,name:key without spaces"),
       "More keys. Each name is a tenant with computers of its own; changing a key changes nothing else.", "",
       secret},
      {"ALLOWED_HOSTS", access, "",
       token_text(&Config::allowed_hosts, "host names separated by commas, each with or without :port"),
       "Names, besides the one in PUBLIC_BASE_URL and loopback, under which browsers and clients may reach "
       "the server."},
      {"PUBLIC_BASE_URL", access, "", base_url(&Config::public_base_url),
       "How people's browsers reach this server; links are made from it. A slash at the end is dropped.",
       "http://localhost and the port"},
      {"TRUSTED_PROXIES", access, "",
       token_text(&Config::trusted_proxies, "addresses and networks separated by commas, such as 10.0.0.0/8"),
       "Proxies in front of this server whose X-Forwarded-For, -Proto and -Host are believed; from anybody "
       "else "
       "these headers mean nothing."},
      {"FORWARD_USER_INFO_HEADER_JWT_SECRET", access, "", long_token_text(&Config::user_token_secret, 16),
       "The secret that Open WebUI has under the same name. With it who the user is comes only from "
       "X-OpenWebUI-User-Jwt, signed with this secret; X-User-* and X-OpenWebUI-User-* are not looked at.",
       "", secret},
  };
}

std::vector<Setting> data_settings() {
  return {
      {"BASE_DATA_DIR", data, "", absolute_path(&Config::data_root),
       "The data root: everything the server keeps, the chats' homes and files too.",
       "/var/lib/computer-use for root, otherwise $XDG_DATA_HOME/computer-use or "
       "~/.local/share/computer-use"},
      {"USER_DATA_BASE_PATH", data, "", absolute_path(&Config::data_root_host),
       "The data root as the container engine sees it. Needed only when the server runs in a container and "
       "its mounts cannot be read from the engine.",
       "found out"},
      {"SKILLS_DIR", data, "", directory(&Config::skills_dir),
       "A directory of skills, mounted read-only into every sandbox."},
  };
}

std::vector<Setting> engine_settings() {
  return {
      {"ENGINE", engine, "auto",
       choice<Engine>(&Config::engine,
                      {{"auto", Engine::automatic}, {"docker", Engine::docker}, {"native", Engine::native}}),
       "What makes sandboxes. native: bubblewrap, without a daemon; docker: the engine on DOCKER_SOCKET; "
       "auto: Docker when "
       "it answers at the start, else native."},
      {"DOCKER_SOCKET", engine, "unix:///var/run/docker.sock", unix_socket(&Config::docker_socket),
       "The socket of the Docker (or Podman) engine."},
      {"DOCKER_IMAGE", engine, "computer-use-sandbox:latest",
       name_text(&Config::image, "an image name such as computer-use-sandbox:latest", "._-/:@"),
       "The image sandboxes are made from with Docker."},
      {"NATIVE_IMAGE", engine, "core",
       name_text(&Config::native_image, "the name of an image in IMAGES_DIR, such as core", "._-"),
       "The image sandboxes are made from without Docker; `image build` makes it."},
      {"IMAGES_DIR", engine, "", absolute_path(&Config::images_dir),
       "Where images for sandboxes without Docker lie.", "images below the data root"},
      {"NATIVE_BWRAP", engine, "", absolute_path(&Config::native_bwrap),
       "The program bubblewrap, version 0.8 or later.", "bwrap of the system"},
      {"SANDBOX_UID_BASE", engine, "2000000", whole_number(&Config::uid_base, 1000, 4'000'000'000),
       "The first of the host users that sandboxes without Docker run as, each as one of its own. Only when "
       "the server runs "
       "as root."},
      {"SANDBOX_UID_COUNT", engine, "65536", whole_number(&Config::uid_count, 1, 100'000'000),
       "How many host users there are for that: as many chats can exist."},
      {"SANDBOX_RUNTIME", engine, "",
       name_text(&Config::runtime, "the name of a runtime the engine knows, such as runsc", "._-"),
       "The engine's runtime for sandboxes, such as runsc for gVisor.", "the engine's own"},
      {"GUEST_PROGRAM", engine, "", program(&Config::guest_program),
       "The guest agent that becomes the first process of every sandbox.",
       "computer-use-guest beside the server or in ../lib/computer-use"},
  };
}

std::vector<Setting> limit_settings() {
  return {
      {"CONTAINER_MEM_LIMIT", limits, "2g", size(&Config::memory_bytes, 64 * mebibyte, 4096 * gibibyte),
       "Memory of one sandbox; there is no swap beyond it."},
      {"CONTAINER_CPU_LIMIT", limits, "1.0", processors(&Config::nano_cpus), "Processors of one sandbox."},
      {"CONTAINER_PIDS_LIMIT", limits, "512", whole_number(&Config::pids, 16, 4'194'304),
       "Processes and threads in one sandbox."},
      {"CONTAINER_SHM_SIZE", limits, "256m", size(&Config::shm_bytes, mebibyte, 1024 * gibibyte),
       "Size of /dev/shm, at most an eighth of the sandbox's memory."},
      {"CONTAINER_TMP_SIZE", limits, "1g", size(&Config::tmp_bytes, 16 * mebibyte, 1024 * gibibyte),
       "Size of /tmp. What lies there counts as memory of the sandbox, of which it is at most a half."},
      {"CONTAINER_DISK_LIMIT", limits, "10g", size(&Config::disk_bytes, 0, 65536 * gibibyte),
       "What a chat's home and outputs may hold together; 0b is no limit. Commands that write beyond it, or "
       "a million files, or "
       "into the last GiB of the disk, are stopped within seconds."},
      {"CONTAINER_IDLE_TIMEOUT", limits, "600", seconds(&Config::idle_timeout, 1, 2'592'000),
       "A sandbox that nothing used for so long is stopped; its files are kept and the next use starts it."},
      {"COMMAND_TIMEOUT", limits, "120", seconds(&Config::command_timeout, 1, 3600),
       "How long a command may run when the call does not say."},
      {"MAX_SANDBOXES", limits, "100", whole_number(&Config::max_sandboxes, 0, 100'000),
       "How many sandboxes may be awake at once; 0 is no cap. More are refused until one is idle."},
  };
}

std::vector<Setting> network_settings() {
  return {
      {"ENABLE_NETWORK", network, "true", boolean(&Config::network_enabled),
       "false cuts sandboxes off: the same as SANDBOX_NETWORK=none."},
      {"SANDBOX_NETWORK", network, "proxy",
       choice<Network>(&Config::network,
                       {{"proxy", Network::proxy}, {"none", Network::none}, {"bridge", Network::bridge}}),
       "proxy: out through the server, which refuses private addresses; bridge: an ordinary container "
       "network, without that protection; none: nothing."},
      {"EGRESS_ALLOW_PRIVATE", network, "",
       token_text(&Config::egress_allow_private, "address/length:port,... such as 10.1.2.0/24:443"),
       "Private addresses that sandboxes may reach through the proxy after all."},
  };
}

std::vector<Setting> chat_settings() {
  return {
      {"SINGLE_USER_MODE", chats, "",
       choice<SingleUserMode>(&Config::single_user_mode,
                              {{"true", SingleUserMode::on}, {"false", SingleUserMode::strict}}),
       "true: one computer for everybody, chat ids are ignored; false: a call without a chat id is refused; "
       "not set: such a call uses the shared computer `default` and is told so.",
       "not set (lenient)"},
      {"STRUCTURED_RESULTS", chats, "false", boolean(&Config::structured_results),
       "Sends tool results as structured content as well."},
  };
}

std::vector<Setting> server_settings() {
  using log::Level;
  return {
      {"MAX_BODY_MB", server, "8", whole_number(&Config::max_body_mb, 1, 16),
       "The largest request to /mcp, in MiB."},
      {"MAX_CONNECTIONS", server, "10000", whole_number(&Config::max_connections, 1, 65'536),
       "How many connections are served at once."},
      {"MAX_CONNECTIONS_PER_SOURCE", server, "2500",
       whole_number(&Config::max_connections_per_source, 1, 65'536),
       "How many of them one address (IPv6: one /64) may have; those in TRUSTED_PROXIES may have all."},
      {"MAX_REQUESTS", server, "1024", whole_number(&Config::max_requests, 1, 65'536),
       "How many requests may be in progress at once, event streams and WebSockets not counted; more are "
       "refused with 503."},
      {"MAX_REQUESTS_PER_KEY", server, "256", whole_number(&Config::max_requests_per_key, 1, 65'536),
       "How many of them one key may have; more are refused with 429."},
      {"STOP_SANDBOXES_ON_EXIT", server, "false", boolean(&Config::stop_sandboxes_on_exit),
       "Whether sandboxes stop with the server. Otherwise their commands go on and are found again."},
      {"SHUTDOWN_GRACE_SECONDS", server, "30", seconds(&Config::shutdown_grace, 0, 3600),
       "How long running requests may take to end when the server is asked to stop."},
      {"LOG_LEVEL", server, "info",
       choice<Level>(&Config::log_level, {{"debug", Level::debug},
                                          {"info", Level::info},
                                          {"warn", Level::warn},
                                          {"error", Level::error},
                                          {"critical", Level::critical}}),
       "The least serious lines that are logged."},
  };
}

std::vector<Setting> make_settings() {
  std::vector<Setting> all;
  for (auto& part : {access_settings(), data_settings(), engine_settings(), limit_settings(),
                     network_settings(), chat_settings(), server_settings()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

}  // namespace

const std::vector<Setting>& settings() {
  static const std::vector<Setting> table = make_settings();
  return table;
}

const Setting* find_setting(std::string_view key) {
  const auto found = std::ranges::find(settings(), key, &Setting::key);
  return found == settings().end() ? nullptr : &*found;
}

std::vector<std::string_view> groups() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (names.empty() || names.back() != setting.group) names.push_back(setting.group);
  }
  return names;
}

std::string flag_name(std::string_view key) {
  std::string name = "--" + lower_case(key);
  std::ranges::replace(name, '_', '-');
  return name;
}

}  // namespace cus::config
