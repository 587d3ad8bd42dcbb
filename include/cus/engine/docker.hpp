// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Docker Engine REST API (also Podman's) over its unix socket, API 1.41 or later.

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "cus/base/json.hpp"
#include "cus/engine/container_engine.hpp"

namespace cus::engine {

// How long each kind of call may take once it has its turn; waiting for the turn counts apart.
struct DockerDeadlines {
  std::chrono::milliseconds ping{2'000};
  std::chrono::milliseconds read{5'000};  // inspect, list, version
  std::chrono::milliseconds create{30'000};
  std::chrono::milliseconds start{30'000};
  std::chrono::milliseconds stop_margin{10'000};  // beyond the grace
  std::chrono::milliseconds remove{30'000};
  std::chrono::milliseconds turn{60'000};    // waiting for others that create, start, stop or remove
  std::chrono::milliseconds silence{3'000};  // a long call without an answer: is the engine still alive?
};

// After `failures` in a row calls fail at once, for a pause that doubles from `first_pause` to
// `longest_pause`.
struct DockerBreaker {
  int failures = 3;
  std::chrono::milliseconds first_pause{250};
  std::chrono::milliseconds longest_pause{4'000};
};

struct DockerOptions {
  std::string socket_path = "/var/run/docker.sock";
  std::string data_root;                      // this server's data root
  std::optional<std::string> data_root_host;  // USER_DATA_BASE_PATH: the same directory as the engine sees it
  std::size_t max_calls = 32;                 // at once, in all
  std::size_t max_starts = 0;                 // create and start at once; 0: twice the processors
  std::size_t max_waiting = 1024;             // calls that wait for their turn; more are refused
  std::size_t max_answer = 16U << 20U;        // bytes of one JSON answer
  std::string mountinfo_path = "/proc/self/mountinfo";  // where this server finds its own container, if any
  DockerDeadlines deadlines;
  DockerBreaker breaker;
};

std::unique_ptr<ContainerEngine> make_docker_engine(Executor executor, DockerOptions options);

// The body of POST /containers/create for `spec`, with mounts already translated. Pure: compared with a
// golden file.
Json docker_create_body(const SandboxSpec& spec);
// The name of a sandbox's container: "cus-<storage id>".
std::string docker_container_name(const StorageId& storage);

}  // namespace cus::engine
