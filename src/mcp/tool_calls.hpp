// SPDX-License-Identifier: Apache-2.0
#pragma once
// tools/list and tools/call, as far as both eras agree on them.

#include <string>
#include <vector>

#include "cus/tools/tool.hpp"
#include "json_rpc.hpp"

namespace cus::mcp {

// The result of tools/list: the same for everybody, all tools on one page.
Json tool_list(const std::vector<tools::Tool>& tools, bool structured_results);

// The result of tools/call.
Json tool_result(tools::ToolResult result, bool structured_results);

struct ToolCall {
  const tools::Tool* tool = nullptr;
  Json arguments;
};
// Invalid params for an unknown tool or parameters of the wrong shape.
std::expected<ToolCall, RpcError> read_tool_call(const std::vector<tools::Tool>& tools, const Json& params);

// No cursor, or the empty one that stands for the beginning; there are no others for lists of one page.
bool is_first_page(const Json& params);

}  // namespace cus::mcp
