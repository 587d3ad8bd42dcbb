// SPDX-License-Identifier: Apache-2.0
#include "tree_walk.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <vector>

#include "cus/base/fd.hpp"

namespace cus::sandbox {
namespace {

constexpr int open_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// A directory on the way down, and which of its own have yet to be entered.
struct Level {
  dev_t device = 0;
  ino_t inode = 0;
  std::vector<std::string> below;
};

Result<Level> identify(int directory) {
  struct stat facts{};
  if (::fstat(directory, &facts) != 0) return std::unexpected(from_errno(errno, "stat directory"));
  return Level{.device = facts.st_dev, .inode = facts.st_ino, .below = {}};
}

// Shows what lies in `directory` and notes its directories.
Result<> show_entries(int directory, Level& level, const std::function<Result<>(const TreeEntry&)>& show) {
  const int copy = ::openat(directory, ".", open_flags);
  if (copy < 0) return std::unexpected(from_errno(errno, "open directory"));
  const std::unique_ptr<DIR, CloseDir> dir(::fdopendir(copy));
  if (!dir) return std::unexpected(from_errno(errno, "read directory"));
  // NOLINTNEXTLINE(concurrency-mt-unsafe): each walk has a directory stream of its own
  while (const dirent* entry = ::readdir(dir.get())) {
    std::string name = entry->d_name;
    struct stat facts{};
    if (name == "." || name == "..") continue;
    if (::fstatat(directory, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0 || facts.st_dev != level.device)
      continue;
    if (Result<> shown = show({.directory = directory, .name = name, .facts = facts}); !shown) return shown;
    if (S_ISDIR(facts.st_mode)) level.below.push_back(std::move(name));
  }
  return {};
}

// Up again; a directory that was moved has another parent than the one we came from.
Result<> climb(Fd& at, const Level& parent) {
  Fd up(::openat(at.get(), "..", open_flags));
  if (!up) return std::unexpected(from_errno(errno, "open .."));
  const Result<Level> found = identify(up.get());
  if (!found) return std::unexpected(found.error());
  if (found->inode != parent.inode || found->device != parent.device)
    return fail(Code::conflict, "A directory was moved while it was looked at. Try again.");
  at = std::move(up);
  return {};
}

}  // namespace

Result<> walk_tree(const std::string& path, const std::function<Result<>(const TreeEntry&)>& show) {
  Fd at(::open(path.c_str(), open_flags));
  if (!at) return std::unexpected(from_errno(errno, "open " + path));
  std::vector<Level> levels;
  for (;;) {
    Result<Level> level = identify(at.get());
    if (!level) return std::unexpected(level.error());
    levels.push_back(std::move(*level));
    if (Result<> shown = show_entries(at.get(), levels.back(), show); !shown) return shown;
    Fd inner;
    while (!inner) {
      if (levels.back().below.empty()) {
        levels.pop_back();
        if (levels.empty()) return {};
        if (Result<> up = climb(at, levels.back()); !up) return up;
        continue;
      }
      // Gone meanwhile, or no directory any more: the next one.
      inner = Fd(::openat(at.get(), levels.back().below.back().c_str(), open_flags));
      levels.back().below.pop_back();
    }
    at = std::move(inner);
  }
}

}  // namespace cus::sandbox
