// SPDX-License-Identifier: Apache-2.0
#pragma once
// The headers of a request that the protocol reads, in one pass over them.

#include "cus/mcp/head.hpp"
#include "cus/net/http.hpp"

namespace cus::web {

// Views into `headers`. White space around values is left out.
mcp::Head read_mcp_head(const net::Headers& headers);

}  // namespace cus::web
