// SPDX-License-Identifier: Apache-2.0
#pragma once
// A throw-away sandbox that must call home and run one command: proof that this host, engine, image and data
// root work together (design D1).

#include "cus/sandbox/registry.hpp"

namespace cus::sandbox {

// The time from nothing to the first result. An error names the step that failed and what to do about it.
// Nothing of the probe is left behind.
Task<Result<std::chrono::milliseconds>> probe(Registry& registry);

}  // namespace cus::sandbox
