// SPDX-License-Identifier: Apache-2.0
#include "engine/native/bwrap_options.hpp"

namespace cus::engine {
namespace {

using Options = std::vector<std::string>;

void add(Options& into, std::initializer_list<std::string> words) {
  into.insert(into.end(), words);
}

void add_tmpfs(Options& into, const std::string& target, std::uint64_t bytes, const char* mode) {
  add(into, {"--perms", mode, "--size", std::to_string(bytes), "--tmpfs", target});
}

void add_mount(Options& into, const Mount& mount) {
  add(into, {mount.access == Access::read_only ? "--ro-bind" : "--bind", mount.source, mount.target});
}

}  // namespace

std::vector<std::string> bwrap_options(const SandboxSpec& spec, const BwrapPlaces& places) {
  Options words;
  add(words, {"--unshare-all", "--as-pid-1", "--new-session", "--cap-drop", "ALL", "--clearenv"});
  add(words, {"--uid", std::to_string(spec.uid), "--gid", std::to_string(spec.gid)});
  add(words, {"--hostname", spec.hostname});
  add(words, {"--ro-bind", places.root, "/", "--proc", "/proc", "--dev", "/dev"});
  // The settings of a sandbox's own namespaces would be its own to change.
  add(words, {"--ro-bind", "/proc/sys", "/proc/sys"});
  add_tmpfs(words, "/dev/shm", spec.limits.shm_bytes, "1777");
  for (const Tmpfs& tmpfs : spec.tmpfs) add_tmpfs(words, tmpfs.target, tmpfs.bytes, "1777");
  for (const Mount& mount : spec.mounts) add_mount(words, mount);
  for (const Mount& mount : places.more) add_mount(words, mount);
  add(words, {"--remount-ro", "/dev"});
  add(words, {"--chdir", "/"});
  add(words, {"--seccomp", std::to_string(seccomp_fd), "--json-status-fd", std::to_string(status_fd)});
  return words;
}

}  // namespace cus::engine
