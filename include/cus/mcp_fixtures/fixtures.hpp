// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tools, resources and prompts with the names that the official conformance suite asks a server for, and one
// that does nothing for measuring. Behind a switch that no product start has.

#include <vector>

#include "cus/mcp/server.hpp"

namespace cus::mcp_fixtures {

// Adds the fixtures to what a server is about to offer.
void add_fixtures(mcp::Options& options, std::vector<tools::Tool>& tools);

}  // namespace cus::mcp_fixtures
