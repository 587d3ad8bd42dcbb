// SPDX-License-Identifier: Apache-2.0
#pragma once
// The web layer's own numbers.

#include "cus/web/metrics.hpp"
#include "server_state.hpp"

namespace cus::web {

void write_server_metrics(const ServerState& server, MetricWriter& writer);

}  // namespace cus::web
