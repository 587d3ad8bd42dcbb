// SPDX-License-Identifier: Apache-2.0
#include "give_tree.hpp"

#include <fts.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

namespace cus::sandbox {
namespace {

struct CloseWalk {
  void operator()(FTS* walk) const { ::fts_close(walk); }
};

Error may_not(int error, const std::string& path, unsigned uid) {
  if (error != EPERM) return from_errno(error, "lchown " + path);
  return {
      Code::forbidden,
      "The server may not give files to the sandbox's user. Run it as root or with the capabilities CHOWN, "
      "DAC_OVERRIDE and FOWNER.",
      "lchown " + path + " to " + std::to_string(uid)};
}

}  // namespace

// The directory itself last: until it is given, a walk that was cut short is done again.
Result<> give_tree(const std::string& path, unsigned uid, unsigned gid) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::unexpected(from_errno(errno, "stat " + path));
  if (info.st_uid == uid && info.st_gid == gid) return {};
  std::string root = path;
  std::array<char*, 2> roots = {root.data(), nullptr};
  const std::unique_ptr<FTS, CloseWalk> walk(
      ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr));
  if (!walk) return std::unexpected(from_errno(errno, "walk " + path));
  while (const FTSENT* entry = ::fts_read(walk.get())) {
    if (entry->fts_info == FTS_D) continue;
    if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR || entry->fts_info == FTS_NS)
      return std::unexpected(from_errno(entry->fts_errno, "walk " + path));
    if (::lchown(entry->fts_accpath, uid, gid) != 0) return std::unexpected(may_not(errno, path, uid));
  }
  return {};
}

}  // namespace cus::sandbox
