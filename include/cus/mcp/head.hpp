// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the protocol reads of a request's head, as sent but for the white space around values. Views: valid as
// long as the request.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cus::mcp {

struct Head {
  std::optional<std::string_view> version{};  // MCP-Protocol-Version; empty counts as absent
  std::optional<std::string_view> session{};  // Mcp-Session-Id
  std::optional<std::string_view> method{};   // Mcp-Method
  std::optional<std::string_view> name{};     // Mcp-Name
  std::vector<std::pair<std::string_view, std::string_view>> params{};  // Mcp-Param-<first>: <second>
  std::string_view repeated{};  // a header of these that came more than once; empty: none did
};

}  // namespace cus::mcp
