// SPDX-License-Identifier: Apache-2.0
#pragma once
// Walks a directory that a sandbox may be changing at this very moment: from descriptor to descriptor, so
// that no name that is swapped for a link, and no directory that is moved, leads out of it. Any depth.
// Blocks.

#include <sys/stat.h>

#include <functional>
#include <string>

#include "cus/base/error.hpp"

namespace cus::sandbox {

struct TreeEntry {
  int directory = -1;  // where it lies; name it with the *at() calls and AT_SYMLINK_NOFOLLOW only
  const std::string& name;
  const struct stat& facts;
};

// Shows every entry below `path`, a directory before what lies in it; not `path` itself. What disappears
// meanwhile is passed over, other file systems are not entered. Ends with the error of `show`; Code::conflict
// when the directory it was in has been moved.
Result<> walk_tree(const std::string& path, const std::function<Result<>(const TreeEntry&)>& show);

}  // namespace cus::sandbox
