// SPDX-License-Identifier: Apache-2.0
#include "engine/native/host_users.hpp"

#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace cus::engine {
namespace {

std::optional<std::uint32_t> owner_of(const std::string& path) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_uid;
}

}  // namespace

Result<Owner> HostUsers::owner(const StorageId& storage) {
  if (::geteuid() != 0) return Owner{.uid = ::geteuid(), .gid = ::getegid()};
  const std::scoped_lock lock(mutex_);
  const auto known = owner_of(chats_ + "/" + storage.str() + "/home");
  if (known && in_range(*known)) {
    taken_.insert(*known);
    return Owner{.uid = *known, .gid = *known};
  }
  if (!looked_ || taken_.size() >= count_) look_who_is_there();
  const std::uint32_t next = free_from(base_);
  if (!in_range(next)) {
    return fail(
        Code::too_many,
        fmt::format(
            "All {} host users for sandboxes are in use. Remove chats (sandboxes rm --files), or widen the "
            "range with SANDBOX_UID_COUNT.",
            count_));
  }
  taken_.insert(next);
  return Owner{.uid = next, .gid = next};
}

std::vector<Owner> HostUsers::next(std::size_t count) {
  if (::geteuid() != 0) return std::vector<Owner>(count, Owner{.uid = ::geteuid(), .gid = ::getegid()});
  const std::scoped_lock lock(mutex_);
  if (!looked_) look_who_is_there();
  std::vector<Owner> owners;
  for (std::uint32_t uid = free_from(base_); owners.size() < count && in_range(uid); uid = free_from(uid + 1))
    owners.push_back({.uid = uid, .gid = uid});
  return owners;
}

std::uint32_t HostUsers::free_from(std::uint32_t uid) const {
  for (auto at = taken_.lower_bound(uid); at != taken_.end() && *at == uid; ++at) ++uid;
  return uid;
}

// Those of chats that were removed are free again. One that was given out a moment ago and owns nothing yet
// may be given out twice only after the whole range was.
void HostUsers::look_who_is_there() {
  looked_ = true;
  taken_.clear();
  std::error_code error;
  for (std::filesystem::directory_iterator at(chats_, error), end; !error && at != end; at.increment(error)) {
    const auto uid = owner_of(at->path().string() + "/home");
    if (uid && in_range(*uid)) taken_.insert(*uid);
  }
}

}  // namespace cus::engine
