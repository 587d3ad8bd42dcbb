// SPDX-License-Identifier: Apache-2.0
#include "engine/native/spec_json.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace cus::engine {
namespace {

// Reads members and remembers whether all were there.
class Reader {
 public:
  explicit Reader(const Json& json) : json_(json) {}
  std::string text(std::string_view key) { return note(get_string(json_, key)); }
  template <class Number>
  Number number(std::string_view key) {
    const std::optional<std::int64_t> value = get_int(json_, key);
    const bool fits = value && std::in_range<Number>(*value);
    return static_cast<Number>(note(fits ? value : std::nullopt));
  }
  bool flag(std::string_view key) { return note(get_bool(json_, key)); }
  const Json& list(std::string_view key) {
    static const Json none = Json::array();
    const Json* found = get_member(json_, key);
    if (found != nullptr && found->is_array()) return *found;
    complete_ = false;
    return none;
  }
  bool complete() const { return complete_; }

 private:
  template <class T>
  T note(std::optional<T> value) {
    complete_ = complete_ && value.has_value();
    return std::move(value).value_or(T{});
  }
  const Json& json_;
  bool complete_ = true;
};

}  // namespace

Json spec_to_json(const SandboxSpec& spec) {
  Json mounts = Json::array();
  for (const Mount& mount : spec.mounts) {
    mounts.push_back({{"source", mount.source},
                      {"target", mount.target},
                      {"read_only", mount.access == Access::read_only}});
  }
  Json tmpfs = Json::array();
  for (const Tmpfs& one : spec.tmpfs) {
    tmpfs.push_back({{"target", one.target},
                     {"bytes", one.bytes},
                     {"inodes", one.inodes},
                     {"executable", one.executable}});
  }
  return {{"schema", schema_version},
          {"storage", spec.storage.str()},
          {"instance", spec.instance.str()},
          {"image", spec.image},
          {"hostname", spec.hostname},
          {"uid", spec.uid},
          {"gid", spec.gid},
          {"argv", spec.argv},
          {"memory_limit_option", spec.memory_limit_option},
          {"mounts", std::move(mounts)},
          {"tmpfs", std::move(tmpfs)},
          {"memory_bytes", spec.limits.memory_bytes},
          {"nano_cpus", spec.limits.nano_cpus},
          {"pids", spec.limits.pids},
          {"open_files", spec.limits.open_files},
          {"shm_bytes", spec.limits.shm_bytes}};
}

std::optional<SandboxSpec> spec_from_json(const Json& json) {
  Reader from(json);
  SandboxSpec spec;
  spec.storage = StorageId(from.text("storage"));
  spec.instance = InstanceId(from.text("instance"));
  spec.image = from.text("image");
  spec.hostname = from.text("hostname");
  spec.memory_limit_option = from.text("memory_limit_option");
  spec.uid = from.number<std::uint32_t>("uid");
  spec.gid = from.number<std::uint32_t>("gid");
  spec.limits = {.memory_bytes = from.number<std::uint64_t>("memory_bytes"),
                 .nano_cpus = from.number<std::uint64_t>("nano_cpus"),
                 .pids = from.number<std::int64_t>("pids"),
                 .open_files = from.number<std::uint64_t>("open_files"),
                 .shm_bytes = from.number<std::uint64_t>("shm_bytes")};
  for (const Json& word : from.list("argv")) {
    if (!word.is_string()) return std::nullopt;
    spec.argv.push_back(word.get<std::string>());
  }
  for (const Json& entry : from.list("mounts")) {
    Reader mount(entry);
    spec.mounts.push_back({.source = mount.text("source"),
                           .target = mount.text("target"),
                           .access = mount.flag("read_only") ? Access::read_only : Access::read_write});
    if (!mount.complete()) return std::nullopt;
  }
  for (const Json& entry : from.list("tmpfs")) {
    Reader tmpfs(entry);
    spec.tmpfs.push_back({.target = tmpfs.text("target"),
                          .bytes = tmpfs.number<std::uint64_t>("bytes"),
                          .inodes = tmpfs.number<std::uint64_t>("inodes"),
                          .executable = tmpfs.flag("executable")});
    if (!tmpfs.complete()) return std::nullopt;
  }
  if (!from.complete()) return std::nullopt;
  return spec;
}

}  // namespace cus::engine
