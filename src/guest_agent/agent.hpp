// SPDX-License-Identifier: Apache-2.0
#pragma once
// The whole guest: what is made in which order, and how it leaves.

#include "options.hpp"

namespace cus::guest_agent {

// Runs until SIGTERM; returns the exit code.
int run_agent(const Options& options);

}  // namespace cus::guest_agent
