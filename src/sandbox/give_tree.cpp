// SPDX-License-Identifier: Apache-2.0
#include "give_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "cus/base/fd.hpp"

namespace cus::sandbox {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;
using Names = std::vector<std::string>;

constexpr int open_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

struct Taker {
  unsigned uid = 0;
  unsigned gid = 0;
  dev_t device = 0;  // of the tree: what is mounted in it is not of it
};

std::unexpected<Error> may_not(int error, const std::string& name, const Taker& taker) {
  if (error != EPERM && error != EACCES) return std::unexpected(from_errno(error, "give " + name));
  return fail(
      Code::forbidden,
      "The server may not give files to the sandbox's user. Run it as root or with the capabilities CHOWN, "
      "DAC_OVERRIDE and FOWNER.",
      "give " + name + " to " + std::to_string(taker.uid));
}

Result<Fd> open_in(int directory, const std::string& name, const Taker& taker) {
  Fd opened(::openat(directory, name.c_str(), open_flags));
  if (!opened) return may_not(errno, name, taker);
  return opened;
}

// Gives what lies in `directory`, and returns the names of the directories among it.
Result<Names> give_entries(int directory, const Taker& taker) {
  Result<Fd> copy = open_in(directory, ".", taker);
  if (!copy) return std::unexpected(copy.error());
  const Dir dir(::fdopendir(copy->get()));
  if (!dir) return std::unexpected(from_errno(errno, "read directory"));
  copy->release();
  Names below;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): each walk has a directory stream of its own
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    struct stat info{};
    if (name == "." || name == "..") continue;
    if (::fstatat(directory, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
      return std::unexpected(from_errno(errno, "stat " + name));
    if (info.st_dev != taker.device) continue;
    if (::fchownat(directory, name.c_str(), taker.uid, taker.gid, AT_SYMLINK_NOFOLLOW) != 0)
      return may_not(errno, name, taker);
    if (S_ISDIR(info.st_mode)) below.push_back(name);
  }
  return below;
}

// By descriptors, one at a time, and back up by "..": a sandbox makes trees deeper than any path may be.
Result<> give_below(const std::string& root, const Taker& taker) {
  Result<Fd> at = open_in(AT_FDCWD, root, taker);
  if (!at) return std::unexpected(at.error());
  std::vector<Names> open_ends;
  for (;;) {
    Result<Names> names = give_entries(at->get(), taker);
    if (!names) return std::unexpected(names.error());
    open_ends.push_back(std::move(*names));
    while (open_ends.back().empty()) {
      open_ends.pop_back();
      if (open_ends.empty()) return {};
      at = open_in(at->get(), "..", taker);
      if (!at) return std::unexpected(at.error());
    }
    at = open_in(at->get(), open_ends.back().back(), taker);
    if (!at) return std::unexpected(at.error());
    open_ends.back().pop_back();
  }
}

}  // namespace

// The directory itself last: until it is given, a walk that was cut short is done again.
Result<> give_tree(const std::string& path, unsigned uid, unsigned gid) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::unexpected(from_errno(errno, "stat " + path));
  if (info.st_uid == uid && info.st_gid == gid) return {};
  const Taker taker{.uid = uid, .gid = gid, .device = info.st_dev};
  if (S_ISDIR(info.st_mode)) {
    if (const Result<> given = give_below(path, taker); !given) return given;
  }
  if (::lchown(path.c_str(), uid, gid) != 0) return may_not(errno, path, taker);
  return {};
}

}  // namespace cus::sandbox
