// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Docker Engine REST API (also Podman's) over its unix socket, API 1.41 or later.

#include <memory>
#include <optional>
#include <string>

#include "cus/base/json.hpp"
#include "cus/engine/container_engine.hpp"

namespace cus::engine {

struct DockerOptions {
  std::string socket_path = "/var/run/docker.sock";
  std::string data_root;                      // this server's data root
  std::optional<std::string> data_root_host;  // USER_DATA_BASE_PATH: the same directory as the engine sees it
  std::size_t max_calls = 32;                 // at once, in all
  std::size_t max_starts = 0;                 // create and start at once; 0: twice the processors
};

std::unique_ptr<ContainerEngine> make_docker_engine(Executor executor, DockerOptions options);

// The body of POST /containers/create for `spec`, with mounts already translated. Pure: compared with a
// golden file.
Json docker_create_body(const SandboxSpec& spec);
// The name of a sandbox's container: "cus-<storage id>".
std::string docker_container_name(const StorageId& storage);

}  // namespace cus::engine
