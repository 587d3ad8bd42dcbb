// SPDX-License-Identifier: Apache-2.0
#include "bash_tool.hpp"

namespace cus::tools {

std::vector<Tool> all_tools(const Settings& settings) {
  return {bash_tool(settings)};
}

}  // namespace cus::tools
