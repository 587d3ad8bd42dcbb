// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sandboxes without a daemon: bubblewrap (0.8 or later) makes the namespaces and mounts, we start it, limit
// it and find it again. Nothing of it needs root; with root every sandbox runs as a host user of its own.

#include <cstdint>
#include <memory>
#include <string>

#include "cus/engine/container_engine.hpp"

namespace cus::engine {

struct NativeOptions {
  InstanceId instance;  // whose sandboxes these are
  std::string bwrap;    // its path; empty: the system's
  std::string images;   // directory of root file systems, see docs/operations.md
  std::string state;    // directory of what this engine remembers; made when missing
  // Which host user a sandbox runs as is written nowhere but in who owns <chats>/<storage id>/home.
  std::string chats;
  std::uint32_t uid_base = 2'000'000;  // of the range of host users, used with root only
  std::uint32_t uid_count = 65'536;
  std::string cgroup_mount = "/sys/fs/cgroup";
};

// The process's children are reaped by the kernel from then on: it must not wait for any.
std::unique_ptr<ContainerEngine> make_native_engine(Executor executor, NativeOptions options);

}  // namespace cus::engine
