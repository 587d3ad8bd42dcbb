// SPDX-License-Identifier: Apache-2.0
#pragma once
// tools/list and tools/call in the shape of the revisions up to 2025-11-25.

#include <string>
#include <vector>

#include "cus/base/json.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp {

// The result of tools/list as JSON text; made once, since clients ask for it before every turn.
std::string tool_list_text(const std::vector<tools::Tool>& tools, bool structured_results);

// The result of tools/call as JSON text.
std::string tool_result_text(tools::ToolResult result, bool structured_results);

struct ToolCall {
  const tools::Tool* tool = nullptr;
  Json arguments;
};
// Code::invalid_argument for an unknown tool or parameters of the wrong shape.
Result<ToolCall> read_tool_call(const std::vector<tools::Tool>& tools, const Json& params);

}  // namespace cus::mcp
