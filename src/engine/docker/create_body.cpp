// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <nlohmann/json.hpp>

#include "cus/engine/docker.hpp"
#include "engine/docker/bridge_network.hpp"
#include "engine/docker/create_body.hpp"
#include "engine/seccomp/profile.hpp"

namespace cus::engine {
namespace {

Json labels_of(const SandboxSpec& spec) {
  return {{label_instance, spec.instance.str()},
          {label_schema, schema_version},
          {label_storage, spec.storage.str()}};
}

// As mounts, not binds: a missing source is an error, never a directory made by root. Propagation is left to
// the engine: it is private, but for sources below the engine's own root (a volume with the data root), where
// that is refused.
Json mounts_of(const SandboxSpec& spec) {
  Json mounts = Json::array();
  for (const Mount& mount : spec.mounts) {
    mounts.push_back({{"Type", "bind"},
                      {"Source", mount.source},
                      {"Target", mount.target},
                      {"ReadOnly", mount.access == Access::read_only},
                      {"BindOptions", {{"CreateMountpoint", false}}}});
  }
  return mounts;
}

Json tmpfs_of(const SandboxSpec& spec) {
  Json tmpfs = Json::object();
  for (const Tmpfs& one : spec.tmpfs) {
    tmpfs[one.target] = fmt::format("rw,nosuid,nodev,{},size={},nr_inodes={},mode=1777",
                                    one.executable ? "exec" : "noexec", one.bytes, one.inodes);
  }
  return tmpfs;
}

Json ulimit(std::string_view name, std::uint64_t value) {
  return {{"Name", name}, {"Soft", value}, {"Hard", value}};
}

// nproc is no limit here: the kernel counts it per host user, over all sandboxes. PidsLimit is.
Json limits_of(const Limits& limits) {
  return {{"Memory", limits.memory_bytes},
          {"MemorySwap", limits.memory_bytes},
          {"NanoCpus", limits.nano_cpus},
          {"PidsLimit", limits.pids},
          {"ShmSize", limits.shm_bytes},
          {"OomKillDisable", false},
          {"Ulimits", Json::array({ulimit("core", 0), ulimit("nofile", limits.open_files)})}};
}

Json host_config_of(const SandboxSpec& spec) {
  Json host = limits_of(spec.limits);
  host["Mounts"] = mounts_of(spec);
  host["Tmpfs"] = tmpfs_of(spec);
  host["NetworkMode"] = spec.network == Network::bridge ? bridge_network_name : "none";
  host["ReadonlyRootfs"] = true;
  host["Privileged"] = false;
  host["CapDrop"] = Json::array({"ALL"});
  host["SecurityOpt"] = Json::array({"no-new-privileges:true", "seccomp=" + compact_seccomp_profile()});
  host["IpcMode"] = "private";
  host["Init"] = false;  // said, since a daemon's own default may be true
  host["LogConfig"] = {{"Type", "none"}, {"Config", Json::object()}};
  host["RestartPolicy"] = {{"Name", "no"}, {"MaximumRetryCount", 0}};
  host["AutoRemove"] = false;
  if (!spec.runtime.empty()) host["Runtime"] = spec.runtime;
  return host;
}

}  // namespace

const std::string& compact_seccomp_profile() {
  static const std::string text = [] {
    Result<Json> profile = parse_json(seccomp_profile_source);
    if (!profile)
      return std::string(
          "{\"defaultAction\":\"SCMP_ACT_ERRNO\"}");  // allows nothing; a test reads the real one
    for (Json& rule : (*profile)["syscalls"]) rule.erase("comment");
    return dump_json(*profile);
  }();
  return text;
}

std::string docker_container_name(const StorageId& storage) {
  return "cus-" + storage.str();
}

Json docker_create_body(const SandboxSpec& spec) {
  return {{"Image", spec.image},
          {"Hostname", spec.hostname},
          {"User", fmt::format("{}:{}", spec.uid, spec.gid)},
          {"WorkingDir", "/"},
          {"Entrypoint", spec.argv},
          {"Tty", false},
          {"OpenStdin", false},
          {"AttachStdin", false},
          {"AttachStdout", false},
          {"AttachStderr", false},
          {"StopSignal", "SIGTERM"},
          {"Healthcheck", {{"Test", Json::array({"NONE"})}}},  // an image's own would run commands inside
          {"NetworkDisabled", spec.network == Network::none},
          {"Labels", labels_of(spec)},
          {"HostConfig", host_config_of(spec)}};
}

}  // namespace cus::engine
