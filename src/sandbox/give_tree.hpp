// SPDX-License-Identifier: Apache-2.0
#pragma once
// Gives a directory with all that lies in it to a user.

#include <string>

#include "cus/base/error.hpp"

namespace cus::sandbox {

// Does nothing when the directory itself is that user's already: what is in it then was made by that user.
// Links are given, not followed. Nothing may write there meanwhile. Code::forbidden with what to do.
Result<> give_tree(const std::string& path, unsigned uid, unsigned gid);

}  // namespace cus::sandbox
