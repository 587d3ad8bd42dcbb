// SPDX-License-Identifier: Apache-2.0
#pragma once
// A text as an unnamed file in memory, to be handed to another process by its descriptor.

#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/fd.hpp"

namespace cus::guest_agent {

// Closed on exec. What reads it starts at offset 0 only if it says so: the file's position is at its end.
Result<Fd> make_memory_file(const char* name, std::string_view text);

}  // namespace cus::guest_agent
