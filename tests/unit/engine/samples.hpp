// SPDX-License-Identifier: Apache-2.0
#pragma once
// What several tests of this room start from.

#include <fmt/core.h>

#include <optional>
#include <string>

#include "cus/engine/spec.hpp"

namespace cus::test {

inline const StorageId sample_storage{std::string("0123456789abcdef0123456789abcdef")};
inline const InstanceId sample_instance{std::string("ffffffffffffffffffffffffffffffff")};
inline const std::string sample_container_id(64, 'a');

inline engine::SandboxSpec sample_spec() {
  engine::SandboxSpec spec;
  spec.storage = sample_storage;
  spec.instance = sample_instance;
  spec.image = "computer-use-sandbox:latest";
  spec.argv = {"/opt/computer-use/computer-use-guest", "serve"};
  spec.mounts = {{"/data/chats/x/home", "/home/assistant", engine::Access::read_write},
                 {"/data/run/x", "/run/computer-use", engine::Access::read_only}};
  spec.tmpfs = {{"/tmp", 1U << 30U, 100'000, true}, {"/run/lock", 1U << 20U, 100, false}};
  spec.limits = {.memory_bytes = 2ULL << 30U,
                 .nano_cpus = 1'500'000'000,
                 .pids = 512,
                 .open_files = 4096,
                 .shm_bytes = 256U << 20U};
  return spec;
}

// nullopt for success, so that a wrong success is a failed test and no crash.
template <class T>
std::optional<Code> code_of(const Result<T>& result) {
  if (result) return std::nullopt;
  return result.error().code;
}

inline std::string inspect_body(std::string_view status,
                                std::string_view started = "2026-01-02T03:04:05.678Z",
                                const StorageId& storage = sample_storage,
                                const InstanceId& instance = sample_instance) {
  return fmt::format(
      R"({{"Id":"{}","State":{{"Status":"{}","StartedAt":"{}"}},"Config":{{"Labels":{{"cus.instance":"{}","cus.schema":"1","cus.storage":"{}"}}}},"Mounts":[]}})",
      sample_container_id, status, started, instance.str(), storage.str());
}

}  // namespace cus::test
