// SPDX-License-Identifier: Apache-2.0
#pragma once
// The one bridge of sandboxes with SANDBOX_NETWORK=bridge: made on demand, its containers cannot reach each
// other.

#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/task.hpp"

namespace cus::engine {

class ApiClient;

inline constexpr std::string_view bridge_network_name = "cus-bridge";

// Code::conflict when a network of that name exists that would let them.
Task<Result<>> ensure_bridge_network(ApiClient& api, std::chrono::milliseconds time);

}  // namespace cus::engine
