// SPDX-License-Identifier: Apache-2.0
#pragma once
// The options of bubblewrap (bwrap(1), 0.8) for a sandbox. Pure: compared with a golden file.

#include <optional>
#include <string>
#include <vector>

#include "cus/engine/spec.hpp"

namespace cus::engine {

// Descriptors the launcher puts in place.
inline constexpr int seccomp_fd = 3;
inline constexpr int status_fd = 4;
inline constexpr int options_fd = 5;

struct BwrapPlaces {
  std::string root;         // the image's root file system
  std::vector<Mount> more;  // the sandbox's own part of the cgroup file system
};

std::vector<std::string> bwrap_options(const SandboxSpec& spec, const BwrapPlaces& places);

}  // namespace cus::engine
