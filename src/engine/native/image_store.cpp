// SPDX-License-Identifier: Apache-2.0
#include "cus/engine/image_store.hpp"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "cus/base/json.hpp"
#include "engine/native/files.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t block = 512;
constexpr std::size_t most_mounts = 4UL << 20U;

std::uint64_t size_on_disk(const fs::path& path) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end;
       !error && at != end; at.increment(error)) {
    struct stat info{};
    if (::lstat(at->path().c_str(), &info) == 0) bytes += static_cast<std::uint64_t>(info.st_blocks) * block;
  }
  return bytes;
}

// What the sandboxes of this machine have mounted, in the kernel's own words (proc_pid_mountinfo(5)). Those
// of other users are not seen without root, but their images are not ours to remove either.
std::set<std::string> mounted_roots() {
  std::set<std::string> all;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    if (!std::ranges::all_of(at->path().filename().string(), [](char c) { return c >= '0' && c <= '9'; }))
      continue;
    const auto mounts = read_small_file(at->path().string() + "/mountinfo", most_mounts);
    if (mounts && mounts->contains("/rootfs / ")) all.insert(*mounts);
  }
  return all;
}

bool is_used(const std::set<std::string>& mounts, const std::string& name) {
  return std::ranges::any_of(
      mounts, [&](const std::string& text) { return text.contains("/" + name + "/rootfs / "); });
}

std::string link_target(const fs::path& link) {
  std::error_code error;
  return fs::read_symlink(link, error).filename().string();
}

}  // namespace

Result<std::vector<StoredImage>> list_images(const std::string& directory) {
  std::vector<StoredImage> images;
  const std::set<std::string> mounts = mounted_roots();
  std::error_code error;
  for (fs::directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    std::error_code unknown;
    const auto text = read_small_file(at->path().string() + "/image.json");
    const auto json = text ? parse_json(*text) : Result<Json>(std::unexpected(text.error()));
    if (at->is_symlink(unknown) || !json) continue;
    const std::string name = at->path().filename().string();
    const std::string target = get_string(*json, "target").value_or("");
    images.push_back({.name = name,
                      .target = target,
                      .created = get_string(*json, "created").value_or(""),
                      .bytes = size_on_disk(at->path()),
                      .newest = link_target(directory + "/" + target) == name,
                      .in_use = is_used(mounts, name)});
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return std::unexpected(from_errno(error.value(), "list " + directory));
  std::ranges::sort(images, {}, &StoredImage::name);
  return images;
}

Result<> remove_image(const std::string& directory, const std::string& name) {
  const auto images = list_images(directory);
  if (!images) return std::unexpected(images.error());
  const auto found = std::ranges::find(*images, name, &StoredImage::name);
  if (found == images->end())
    return fail(Code::not_found,
                fmt::format("There is no image \"{}\"; see: computer-use-server image list.", name));
  if (found->in_use)
    return fail(Code::conflict, fmt::format("A sandbox runs on {}: stop it first (sandboxes list).", name));
  if (found->newest)
    return fail(Code::conflict,
                fmt::format("{} is what new sandboxes are made from: build another one first.", name));
  std::error_code error;
  // Out of sight first, so that nothing starts on half an image.
  const fs::path away = fs::path(directory) / (".removing-" + name);
  fs::rename(fs::path(directory) / name, away, error);
  if (!error) fs::remove_all(away, error);
  if (error) return std::unexpected(from_errno(error.value(), "remove " + name));
  return {};
}

Result<std::vector<std::string>> remove_old_images(const std::string& directory, const std::string& target) {
  const auto images = list_images(directory);
  if (!images) return std::unexpected(images.error());
  std::vector<std::string> removed;
  for (const StoredImage& image : *images) {
    if (image.target != target || image.newest || image.in_use) continue;
    if (const Result<> gone = remove_image(directory, image.name); !gone)
      return std::unexpected(gone.error());
    removed.push_back(image.name);
  }
  return removed;
}

}  // namespace cus::engine
