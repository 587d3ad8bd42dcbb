// SPDX-License-Identifier: Apache-2.0
#pragma once
// What this machine offers the native engine, found out once.

#include <string>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/engine/native.hpp"
#include "engine/native/cgroups.hpp"

namespace cus::engine {

// The path of the program: the one given, or the system's when none is. Empty when it cannot be run.
std::string find_bwrap_program(const std::string& path);

// "0.8.0", or an error with what to do. Blocks for at most two seconds.
Result<std::string> bwrap_version(const std::string& program);

// What does not hold on this machine, a sentence each with its remedy.
std::vector<std::string> host_warnings(const Cgroups& cgroups);

}  // namespace cus::engine
