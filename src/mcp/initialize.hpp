// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a server says of itself in the handshakes of both eras.

#include <string_view>

#include "json_rpc.hpp"

namespace cus::mcp {

// The result of initialize when `version` was agreed on.
Json initialize_result(std::string_view version, const Json& capabilities, std::string_view server_version);

// The result of server/discover, without what every result of its revision carries.
Json discover_result(const Json& capabilities);

// Name, title and version of this server.
Json server_info(std::string_view server_version);

// What the server tells every model, at most 4,000 characters.
std::string_view instructions();

}  // namespace cus::mcp
