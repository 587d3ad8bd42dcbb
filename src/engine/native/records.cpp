// SPDX-License-Identifier: Apache-2.0
#include "engine/native/records.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "cus/base/json.hpp"
#include "engine/native/files.hpp"
#include "engine/native/spec_json.hpp"

namespace cus::engine {
namespace {

constexpr mode_t only_ours = 0700;

std::optional<Json> read_json(const std::string& path) {
  const Result<std::string> text = read_small_file(path);
  if (!text) return std::nullopt;
  Result<Json> json = parse_json(*text);
  if (!json || !json->is_object()) return std::nullopt;
  return std::move(*json);
}

}  // namespace

Result<> Records::create(const SandboxSpec& spec) const {
  if (::mkdir(directory_.c_str(), only_ours) != 0 && errno != EEXIST)
    return std::unexpected(from_errno(errno, "mkdir " + directory_));
  const std::string own = path(spec.storage);
  if (::mkdir(own.c_str(), only_ours) != 0 && errno != EEXIST)
    return std::unexpected(from_errno(errno, "mkdir " + own));
  if (this->spec(spec.storage)) return fail(Code::conflict, "The sandbox exists already.", own);
  return replace_file(own + "/spec.json", dump_json(spec_to_json(spec)));
}

std::optional<SandboxSpec> Records::spec(const StorageId& storage) const {
  const std::optional<Json> json = read_json(path(storage) + "/spec.json");
  if (!json) return std::nullopt;
  return spec_from_json(*json);
}

std::optional<Run> Records::run(const StorageId& storage) const {
  const std::optional<Json> json = read_json(path(storage) + "/run.json");
  if (!json) return std::nullopt;
  const auto pid = get_int(*json, "pid");
  const auto started = get_int(*json, "started");
  if (!pid || *pid <= 1 || !std::in_range<pid_t>(*pid) || !started || *started < 0) return std::nullopt;
  return Run{.process = {.pid = static_cast<pid_t>(*pid),
                         .started = static_cast<std::uint64_t>(*started),
                         .boot = get_string(*json, "boot").value_or("")},
             .image = get_string(*json, "image").value_or(""),
             .group = get_string(*json, "group").value_or(""),
             .uid = static_cast<std::uint32_t>(get_int(*json, "uid").value_or(0))};
}

Result<> Records::put_run(const StorageId& storage, const Run& run) const {
  return replace_file(path(storage) + "/run.json", dump_json({{"pid", run.process.pid},
                                                              {"started", run.process.started},
                                                              {"boot", run.process.boot},
                                                              {"image", run.image},
                                                              {"group", run.group},
                                                              {"uid", run.uid}}));
}

Result<> Records::remove(const StorageId& storage) const {
  std::error_code error;
  std::filesystem::remove_all(path(storage), error);
  if (error) return std::unexpected(from_errno(error.value(), "remove " + path(storage)));
  return {};
}

std::vector<StorageId> Records::all() const {
  std::vector<StorageId> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at(directory_, error), end; !error && at != end;
       at.increment(error)) {
    if (auto id = parse_storage_id(at->path().filename().string())) found.push_back(std::move(*id));
  }
  return found;
}

}  // namespace cus::engine
