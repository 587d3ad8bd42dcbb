// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the tests of the native engine start from. The host's own root serves as an image: it has every
// program a test needs, and is read-only inside.

#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "cus/engine/container_engine.hpp"
#include "engine/samples.hpp"

namespace cus::test {

inline const std::string real_bwrap = "/usr/bin/bwrap";

inline bool is_root() {
  return ::geteuid() == 0;
}

// A host user that no other sandbox has while this test runs, or the caller's own.
inline engine::Owner some_owner(std::uint32_t number = 0) {
  if (!is_root()) return {.uid = ::geteuid(), .gid = ::getegid()};
  const std::uint32_t uid = 3'000'000 + (static_cast<std::uint32_t>(::getpid()) * 8) + number;
  return {.uid = uid, .gid = uid};
}

inline engine::Limits small_limits() {
  return {.memory_bytes = 256U << 20U,
          .nano_cpus = 1'000'000'000,
          .pids = 64,
          .open_files = 1024,
          .shm_bytes = 16U << 20U};
}

inline engine::SandboxSpec small_spec(std::vector<std::string> argv) {
  engine::SandboxSpec spec;
  spec.storage = new_storage_id();
  spec.instance = sample_instance;
  spec.image = "host";
  spec.argv = std::move(argv);
  spec.tmpfs = {{"/tmp", 16U << 20U, 1000, true}};
  spec.limits = small_limits();
  return spec;
}

}  // namespace cus::test
