// SPDX-License-Identifier: Apache-2.0
#pragma once
// The system calls a sandbox may make: seccomp/profile.json as it lies in the tree, embedded at build time.
// seccomp/README.md says what it allows and why.

#include <string_view>

namespace cus::engine {

extern const std::string_view seccomp_profile_source;

}  // namespace cus::engine
