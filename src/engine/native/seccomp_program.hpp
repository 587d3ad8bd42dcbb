// SPDX-License-Identifier: Apache-2.0
#pragma once
// The seccomp profile that Docker gets as JSON, compiled for the kernel: one source for both engines.

#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/fd.hpp"

namespace cus::engine {

// A file in memory with the filter for this machine's own architecture. Calls that the library does not know
// are left out: the profile denies what it does not name.
Result<Fd> compile_seccomp(std::string_view profile);

}  // namespace cus::engine
