// SPDX-License-Identifier: Apache-2.0
#pragma once
// The handshake of the revisions up to 2025-11-25. Nothing is remembered: every later request stands alone.

#include <string>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"

namespace cus::mcp {

// The result as JSON text. Code::invalid_argument when the parameters are not those of initialize.
Result<std::string> initialize_result(const Json& params, std::string_view server_version);

// What the server tells every model, at most 4,000 characters.
std::string_view instructions();

}  // namespace cus::mcp
