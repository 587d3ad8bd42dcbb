// SPDX-License-Identifier: Apache-2.0
#pragma once
// Words the result of a command: one text block whose last line is on the exit, and the facts for programs.

#include <chrono>
#include <string>
#include <vector>

#include "command_run.hpp"
#include "cus/tools/tool.hpp"

namespace cus::tools {

struct BashFacts {
  std::string command;
  std::chrono::seconds timeout{0};
  JobId job;
  std::string news;                  // of the computer; empty when it is as it was left
  std::vector<std::string> ignored;  // names of unknown arguments
  bool shared_default = false;       // no chat id was given
};

ToolResult bash_result(const BashFacts& facts, const RunOutcome& outcome);

}  // namespace cus::tools
