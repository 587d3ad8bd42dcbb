// SPDX-License-Identifier: Apache-2.0
#pragma once
// The arguments of a tool that clients repeat in headers: properties of its input schema marked
// `x-mcp-header`.

#include <string>
#include <vector>

#include "cus/base/json.hpp"

namespace cus::mcp {

struct ParamHeader {
  std::string name;               // of the header, after "Mcp-Param-"
  std::vector<std::string> path;  // members from the arguments to the value
};

// Only string, integer and boolean properties count; a name that no header may have is left out.
std::vector<ParamHeader> param_headers(const Json& input_schema);

}  // namespace cus::mcp
