// SPDX-License-Identifier: Apache-2.0
#pragma once
// The whole route table, in one place.

#include "cus/mcp/server.hpp"
#include "cus/web/mcp_route.hpp"
#include "cus/web/metrics.hpp"
#include "cus/web/standard_routes.hpp"

namespace cus::app {

web::Routes all_routes(mcp::Server& server, web::McpOptions options, web::Readiness readiness,
                       const web::Metrics& metrics);
// The same table without handlers.
web::Routes described_routes();

extern const char* const version;

}  // namespace cus::app
