// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which era a posted message belongs to. Clients of both share one URL, so that the choice must never be a
// guess: a modern request says so in its `_meta`, and what claims to be modern but is malformed is refused
// and never served as legacy. Pure.

#include <expected>
#include <optional>
#include <string_view>

#include "json_rpc.hpp"

namespace cus::mcp {

enum class Era { legacy, modern };

// `header` is MCP-Protocol-Version, if any.
std::expected<Era, RpcError> choose_era(const Message& message, std::optional<std::string_view> header);

// Whether a message, as an element of an array, makes the array modern: it would have to be sent alone.
bool claims_modern_era(const Json& message);

}  // namespace cus::mcp
