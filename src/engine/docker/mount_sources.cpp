// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/mount_sources.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cus/base/json.hpp"
#include "cus/base/log.hpp"
#include "engine/docker/api_client.hpp"

namespace cus::engine {
namespace {

constexpr std::string_view remedy =
    "This server runs in a container, and its data directory is not on a volume or directory of the host. "
    "Mount one, or set "
    "USER_DATA_BASE_PATH to the path the container engine sees.";

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

bool lies_under(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) && (path.size() == directory.size() || path[directory.size()] == '/');
}

// The id in "/var/lib/docker/containers/<id>/hostname" and its like.
std::optional<std::string> id_in(std::string_view root) {
  constexpr std::string_view before = "containers/";
  for (auto at = root.find(before); at != std::string_view::npos; at = root.find(before, at + 1)) {
    const std::string_view id = root.substr(at + before.size(), 64);
    const bool hex = id.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (id.size() == 64 && hex) return std::string(id);
  }
  return std::nullopt;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

}  // namespace

Result<std::string> SourceMap::translate(const std::string& path) const {
  const Pair* best = nullptr;
  for (const Pair& pair : pairs) {
    if (lies_under(path, pair.inside) && (best == nullptr || pair.inside.size() > best->inside.size()))
      best = &pair;
  }
  if (best == nullptr && others == Others::as_they_are) return path;
  if (best == nullptr) return fail(Code::unsupported, std::string(remedy), path);
  const std::string_view rest = std::string_view(path).substr(best->inside == "/" ? 0 : best->inside.size());
  if (best->outside == "/") return rest.empty() ? "/" : std::string(rest);
  return best->outside + std::string(rest);
}

// Only mounts of files that every container gets count: a host that runs containers has mounts whose mount
// points hold ids too.
std::optional<std::string> own_container_id(std::string_view mountinfo) {
  constexpr std::array<std::string_view, 3> own_files = {"/etc/hostname", "/etc/hosts", "/etc/resolv.conf"};
  std::istringstream lines{std::string(mountinfo)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string id;
    std::string parent;
    std::string device;
    std::string root;
    std::string point;
    fields >> id >> parent >> device >> root >> point;
    if (std::ranges::find(own_files, point) == own_files.end()) continue;
    if (auto found = id_in(root)) return found;
  }
  return std::nullopt;
}

Result<SourceMap> source_map_of(std::string_view inspect_body, const std::string& data_root) {
  const Result<Json> json = parse_json(inspect_body);
  if (!json) return bad_answer("own mounts", json.error().message);
  const Json* mounts = get_member(*json, "Mounts");
  if (mounts == nullptr || !mounts->is_array()) return bad_answer("own mounts", "no Mounts");
  SourceMap map{.pairs = {}, .others = SourceMap::Others::refused};
  for (const Json& mount : *mounts) {
    auto inside = get_string(mount, "Destination");
    auto outside = get_string(mount, "Source");
    if (!inside || !outside || !inside->starts_with('/') || !outside->starts_with('/')) continue;
    map.pairs.push_back({without_slash(std::move(*inside)), without_slash(std::move(*outside))});
  }
  if (const Result<std::string> known = map.translate(data_root); !known)
    return std::unexpected(known.error());
  return map;
}

MountSources::MountSources(ApiClient& api, const DockerOptions& options)
    : api_(api),
      data_root_(without_slash(options.data_root)),
      data_root_host_(options.data_root_host),
      mountinfo_path_(options.mountinfo_path),
      time_(options.deadlines.read) {}

Task<Result<std::vector<Mount>>> MountSources::translate(std::vector<Mount> mounts) {
  if (!known_) {
    Result<SourceMap> found = co_await find_out();
    if (!found) co_return std::unexpected(found.error());
    known_ = std::move(*found);
  }
  for (Mount& mount : mounts) {
    Result<std::string> source = known_->translate(mount.source);
    if (!source) co_return std::unexpected(source.error());
    mount.source = std::move(*source);
  }
  co_return mounts;
}

Task<Result<SourceMap>> MountSources::find_out() {
  if (data_root_host_) co_return SourceMap{{{data_root_, without_slash(*data_root_host_)}}};
  const std::optional<std::string> own = own_container_id(read_file(mountinfo_path_));
  if (!own) co_return SourceMap{};
  const Result<Answer> answer = co_await api_.call(get("/containers/" + *own + "/json", time_));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status == 404) {
    // Another engine's container. Where both see the same files (an engine inside this container) paths hold
    // as they are; elsewhere the engine refuses a source it does not see, and that error names the setting.
    log::warn("engine.foreign_container", {{"container", *own}});
    co_return SourceMap{};
  }
  if (answer->status != 200) co_return engine_error("own container", *answer);
  co_return source_map_of(answer->body, data_root_);
}

}  // namespace cus::engine
