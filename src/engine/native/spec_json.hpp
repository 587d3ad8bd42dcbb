// SPDX-License-Identifier: Apache-2.0
#pragma once
// A SandboxSpec as JSON, for this engine's own records.

#include <optional>

#include "cus/base/json.hpp"
#include "cus/engine/spec.hpp"

namespace cus::engine {

Json spec_to_json(const SandboxSpec& spec);
// nullopt when something is missing or of another kind.
std::optional<SandboxSpec> spec_from_json(const Json& json);

}  // namespace cus::engine
