// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a sandbox is made of, in no engine's words. Pure data; make_spec (sandbox room) fills it, an engine
// turns it into its own call.

#include <cstdint>
#include <string>
#include <vector>

#include "cus/base/id.hpp"

namespace cus::engine {

enum class Access { read_only, read_write };

struct Mount {
  std::string source;  // as this server sees it; the engine translates (design D11)
  std::string target;
  Access access = Access::read_only;
};

struct Tmpfs {
  std::string target;
  std::uint64_t bytes = 0;
  std::uint64_t inodes = 0;
  bool executable = true;
};

struct Limits {
  std::uint64_t memory_bytes = 0;  // swap: none beyond it
  std::uint64_t nano_cpus = 0;
  std::int64_t pids = 0;
  std::uint64_t open_files = 0;
  std::uint64_t shm_bytes = 0;
  bool operator==(const Limits&) const = default;
};

enum class Network { none, bridge };

// The user inside.
inline constexpr std::uint32_t sandbox_uid = 1000;

struct SandboxSpec {
  StorageId storage;
  InstanceId instance;
  std::string image;
  std::string hostname = "sandbox";
  std::uint32_t uid = sandbox_uid;
  std::uint32_t gid = sandbox_uid;
  std::vector<std::string> argv;  // PID 1: the guest agent
  std::string
      memory_limit_option;  // of PID 1, followed by bytes, for an engine that cannot limit memory itself
  std::vector<Mount> mounts;
  std::vector<Tmpfs> tmpfs;
  Limits limits;
  Network network = Network::none;
  std::string runtime;  // empty: the engine's default, e.g. "runsc" for gVisor
};

// Labels (or what an engine has instead): cus.instance, cus.schema, cus.storage and nothing else.
inline constexpr std::string_view schema_version = "1";

}  // namespace cus::engine
