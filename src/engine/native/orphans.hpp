// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sandboxes that a killed server was just starting, so that no record names them.

#include <sys/types.h>

#include <set>
#include <string>

namespace cus::engine {

// Ends every bubblewrap with this mark (see launcher.hpp) that watches none of `known`, the first processes
// of recorded sandboxes, and what it has started. Nothing of this mark may be starting. Blocks.
void end_orphans(const std::string& mark, const std::set<pid_t>& known);

}  // namespace cus::engine
