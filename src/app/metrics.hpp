// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which numbers /metrics shows, besides the web layer's own.

#include "core.hpp"
#include "cus/mcp/server.hpp"
#include "cus/web/metrics.hpp"

namespace cus::app {

// All of them must live as long as scrapes are answered.
void add_metrics(web::Metrics& metrics, Core& core, const mcp::Server& mcp);

}  // namespace cus::app
