// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/spec_factory.hpp"

#include <algorithm>

#include "content_hash.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::sandbox {

using engine::Access;

namespace {

engine::Tmpfs in_memory(std::string target, std::uint64_t bytes) {
  constexpr std::uint64_t inodes_per_mebibyte = 256;
  return {.target = std::move(target),
          .bytes = bytes,
          .inodes = (bytes >> 20U) * inodes_per_mebibyte,
          .executable = true};
}

}  // namespace

engine::SandboxSpec make_spec(const Layout& layout, const SandboxSettings& settings,
                              const InstanceId& instance, const StorageId& storage) {
  engine::SandboxSpec spec;
  spec.storage = storage;
  spec.instance = instance;
  spec.image = settings.image;
  spec.runtime = settings.runtime;
  spec.uid = settings.uid;
  spec.gid = settings.gid;
  spec.argv = {std::string(guest::program)};
  spec.memory_limit_option = guest::memory_limit_option;
  spec.limits = settings.limits;
  spec.network = settings.network;
  spec.mounts = {
      {layout.run(storage), std::string(guest::run_directory), Access::read_only},
      {layout.guest_directory(settings.guest_build), std::string(guest::program_directory),
       Access::read_only},
      {layout.home(storage), "/home/assistant", Access::read_write},
      {layout.uploads(storage), "/mnt/user-data/uploads", Access::read_only},
      {layout.outputs(storage), "/mnt/user-data/outputs", Access::read_write},
      {settings.skills.empty() ? layout.skills() : settings.skills, "/mnt/skills", Access::read_only},
  };
  // What lies in memory is the sandbox's memory: all of it together leaves a quarter for processes, or not
  // even rm could run.
  const std::uint64_t memory = settings.limits.memory_bytes;
  spec.limits.shm_bytes = std::min(settings.limits.shm_bytes, memory / 8);
  spec.tmpfs = {in_memory("/tmp", std::min(settings.tmp_bytes, memory / 2)),
                in_memory("/var/tmp", std::min(settings.tmp_bytes, memory / 8))};
  return spec;
}

std::string spec_hash(const engine::SandboxSpec& spec) {
  std::string text =
      spec.image + '\n' + spec.runtime + '\n' + spec.hostname + '\n' + std::to_string(spec.uid) + '\n';
  for (const std::string& arg : spec.argv) text += arg + '\n';
  for (const engine::Mount& mount : spec.mounts) {
    text += mount.source + '>' + mount.target + (mount.access == Access::read_only ? ":ro\n" : ":rw\n");
  }
  for (const engine::Tmpfs& tmpfs : spec.tmpfs) {
    text += tmpfs.target + ':' + std::to_string(tmpfs.bytes) + ':' + std::to_string(tmpfs.inodes) + '\n';
  }
  const engine::Limits& limits = spec.limits;
  for (const std::uint64_t limit :
       {limits.memory_bytes, limits.nano_cpus, static_cast<std::uint64_t>(limits.pids), limits.open_files,
        limits.shm_bytes}) {
    text += std::to_string(limit) + '\n';
  }
  text += spec.network == engine::Network::none ? "none" : "bridge";
  text += engine::schema_version;
  return sha256_hex(text).substr(0, 16);
}

}  // namespace cus::sandbox
