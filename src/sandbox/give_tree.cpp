// SPDX-License-Identifier: Apache-2.0
#include "give_tree.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "tree_walk.hpp"

namespace cus::sandbox {
namespace {

std::unexpected<Error> may_not(int error, const std::string& name, unsigned uid) {
  if (error != EPERM && error != EACCES) return std::unexpected(from_errno(error, "give " + name));
  return fail(
      Code::forbidden,
      "The server may not give files to the sandbox's user. Run it as root or with the capabilities CHOWN, "
      "DAC_OVERRIDE and FOWNER.",
      "give " + name + " to " + std::to_string(uid));
}

}  // namespace

// The directory itself last: until it is given, a walk that was cut short is done again.
Result<> give_tree(const std::string& path, unsigned uid, unsigned gid) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::unexpected(from_errno(errno, "stat " + path));
  if (info.st_uid == uid && info.st_gid == gid) return {};
  if (S_ISDIR(info.st_mode)) {
    Result<> given = walk_tree(path, [&](const TreeEntry& entry) -> Result<> {
      const int failed =
          ::fchownat(entry.directory, entry.name.c_str(), uid, gid, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : errno;
      if (failed == 0 || failed == ENOENT) return {};
      return may_not(failed, entry.name, uid);
    });
    if (!given) return given;
  }
  if (::lchown(path.c_str(), uid, gid) != 0) return may_not(errno, path, uid);
  return {};
}

}  // namespace cus::sandbox
