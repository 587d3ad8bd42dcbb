// SPDX-License-Identifier: Apache-2.0
#pragma once
// Removes a directory tree that a sandbox wrote: by descriptors, never following a link or crossing a mount,
// whatever its depth, with a bounded number of open descriptors.

#include <string>

#include "cus/base/error.hpp"

namespace cus::sandbox {

// Removes `name` in `parent`; absent is no error.
Result<> remove_tree(const std::string& parent, const std::string& name);

}  // namespace cus::sandbox
