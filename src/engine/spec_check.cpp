// SPDX-License-Identifier: Apache-2.0
#include "engine/spec_check.hpp"

#include <algorithm>

namespace cus::engine {
namespace {

bool is_word(std::string_view text, std::string_view also) {
  return !text.empty() && std::ranges::all_of(text, [also](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || also.contains(c);
  });
}

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == 0x7F;
}

// Absolute and written in one way only.
bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/') || path.size() < 2 || path.size() > 4000 || path.ends_with('/')) return false;
  if (path.contains("//") || path.contains("/./") || path.ends_with("/.")) return false;
  if (path.contains("/../") || path.ends_with("/..")) return false;
  return std::ranges::none_of(path, is_control);
}

// Also without what the notation of tmpfs and mounts gives a meaning.
bool is_plain_target(std::string_view path) {
  return is_plain_path(path) && path.find_first_of(":,") == std::string_view::npos;
}

std::unexpected<Error> bad(std::string_view what) {
  return fail(Code::invalid_argument, "This sandbox cannot be made as it is described.", std::string(what));
}

}  // namespace

Result<> check_image_name(std::string_view image) {
  const bool plain = is_word(image, "._:/@-") && image.size() <= 512 && !image.contains("..") &&
                     !image.contains("//") && !image.starts_with('/') && !image.starts_with('-') &&
                     !image.ends_with('/');
  if (!plain) {
    return fail(Code::invalid_argument, "This is not the name of an image. Check DOCKER_IMAGE.",
                std::string(image));
  }
  return {};
}

Result<> check_storage_id(const StorageId& storage) {
  if (!parse_storage_id(storage.str())) return bad("storage id");
  return {};
}

Result<> check_spec(const SandboxSpec& spec) {
  if (const auto image = check_image_name(spec.image); !image) return image;
  if (const auto storage = check_storage_id(spec.storage); !storage) return storage;
  if (!is_word(spec.instance.str(), "._-")) return bad("instance id");
  if (!is_word(spec.hostname, "-") || spec.hostname.size() > 63) return bad("hostname");
  if (!spec.runtime.empty() && !is_word(spec.runtime, "._-")) return bad("runtime");
  if (spec.uid == 0 || spec.gid == 0) return bad("root");
  if (spec.argv.empty() || spec.argv.front().empty()) return bad("no program");
  const Limits& limits = spec.limits;
  if (limits.memory_bytes == 0 || limits.memory_bytes > INT64_MAX) return bad("memory limit");
  if (limits.nano_cpus == 0 || limits.nano_cpus > INT64_MAX) return bad("cpu limit");
  if (limits.pids <= 0) return bad("process limit");
  if (limits.open_files == 0 || limits.open_files > INT64_MAX) return bad("open files limit");
  if (limits.shm_bytes == 0 || limits.shm_bytes > INT64_MAX) return bad("shared memory limit");
  for (const Mount& mount : spec.mounts) {
    if (!is_plain_path(mount.source) || !is_plain_target(mount.target)) return bad("mount " + mount.target);
    if (mount.source.ends_with("docker.sock")) return bad("the engine's own socket");
  }
  for (const Tmpfs& tmpfs : spec.tmpfs) {
    if (!is_plain_target(tmpfs.target) || tmpfs.bytes == 0 || tmpfs.bytes > INT64_MAX || tmpfs.inodes == 0 ||
        tmpfs.inodes > INT64_MAX)
      return bad("tmpfs " + tmpfs.target);
  }
  return {};
}

}  // namespace cus::engine
