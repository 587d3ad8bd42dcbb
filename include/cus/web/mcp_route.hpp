// SPDX-License-Identifier: Apache-2.0
#pragma once
// MCP over Streamable HTTP for the revisions up to 2025-11-25, and /mcp-info. A request is answered as plain
// JSON, or as an event stream once there is a notification to send or the answer takes long.

#include <chrono>
#include <cstdint>

#include "cus/mcp/server.hpp"
#include "cus/web/route.hpp"

namespace cus::web {

struct McpOptions {
  std::uint64_t max_body_bytes = 8U << 20U;
  std::chrono::milliseconds patience{3'000};     // a longer answer becomes an event stream
  std::chrono::milliseconds keep_alive{15'000};  // comments while the stream has nothing to say
};

// `server` must outlive the routes.
Routes mcp_routes(mcp::Server& server, McpOptions options = {});

}  // namespace cus::web
