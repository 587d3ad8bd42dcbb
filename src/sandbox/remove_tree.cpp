// SPDX-License-Identifier: Apache-2.0
#include "remove_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <vector>

#include "cus/base/fd.hpp"

namespace cus::sandbox {
namespace {

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};
using Dir = std::unique_ptr<DIR, CloseDir>;

constexpr int open_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Unlinks what is not a directory in `directory`; returns the name of one sub-directory, if any is left.
Result<std::optional<std::string>> sweep(int directory) {
  const int copy = ::openat(directory, ".", open_flags);
  if (copy < 0) return std::unexpected(from_errno(errno, "open directory"));
  const Dir dir(::fdopendir(copy));
  if (!dir) return std::unexpected(from_errno(errno, "read directory"));
  std::optional<std::string> child;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): each walk has a directory stream of its own
  while (const dirent* entry = ::readdir(dir.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (::unlinkat(directory, name.c_str(), 0) == 0) continue;
    if (errno != EISDIR && errno != EPERM) return std::unexpected(from_errno(errno, "unlink"));
    child = name;
  }
  return child;
}

}  // namespace

// Depth-first by moving each sub-directory up beside its parent's siblings, so that depth costs neither stack
// nor descriptors: a child is renamed into the root of the tree and removed from there.
Result<> remove_tree(const std::string& parent, const std::string& name) {
  const Fd base(::open(parent.c_str(), open_flags));
  if (!base) return errno == ENOENT ? Result<>{} : std::unexpected(from_errno(errno, "open " + parent));
  const Fd top(::openat(base.get(), name.c_str(), open_flags));
  if (!top) {
    if (errno == ENOENT) return {};
    if (::unlinkat(base.get(), name.c_str(), 0) == 0) return {};
    return std::unexpected(from_errno(errno, "open " + name));
  }
  for (std::uint64_t moved = 0;;) {
    const Result<std::optional<std::string>> child = sweep(top.get());
    if (!child) return std::unexpected(child.error());
    if (!child->has_value()) break;
    const Fd directory(::openat(top.get(), (*child)->c_str(), open_flags));
    if (!directory) return std::unexpected(from_errno(errno, "open directory"));
    // A sandbox may have taken its own rights away.
    ::fchmod(directory.get(), 0700);
    for (;;) {
      const Result<std::optional<std::string>> grandchild = sweep(directory.get());
      if (!grandchild) return std::unexpected(grandchild.error());
      if (!grandchild->has_value()) break;
      const std::string target = ".removing-" + std::to_string(moved++);
      if (::renameat(directory.get(), (*grandchild)->c_str(), top.get(), target.c_str()) != 0) {
        return std::unexpected(from_errno(errno, "rename"));
      }
    }
    if (::unlinkat(top.get(), (*child)->c_str(), AT_REMOVEDIR) != 0) {
      return std::unexpected(from_errno(errno, "rmdir"));
    }
  }
  if (::unlinkat(base.get(), name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return std::unexpected(from_errno(errno, "rmdir " + name));
  }
  return {};
}

}  // namespace cus::sandbox
