// SPDX-License-Identifier: Apache-2.0
#pragma once
// bash_tool: one shell command in the chat's computer, and a result that tells how it ended.

#include "command_run.hpp"
#include "cus/tools/tool.hpp"

namespace cus::tools {

Tool bash_tool(const Settings& settings, RunTiming timing = {});

}  // namespace cus::tools
