// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tools of the conformance suite, each of which does one simple thing.

#include <memory>
#include <vector>

#include "cus/mcp/changes.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp_fixtures {

std::vector<tools::Tool> fixture_tools(const std::shared_ptr<mcp::Changes>& changes);

}  // namespace cus::mcp_fixtures
