// SPDX-License-Identifier: Apache-2.0
#include "mcp_head.hpp"

#include "text.hpp"

namespace cus::web {
namespace {

constexpr std::string_view param_prefix = "Mcp-Param-";

struct Slot {
  std::string_view name;
  std::optional<std::string_view> mcp::Head::* place;
};

constexpr Slot slots[] = {{"MCP-Protocol-Version", &mcp::Head::version},
                          {"Mcp-Session-Id", &mcp::Head::session},
                          {"Mcp-Method", &mcp::Head::method},
                          {"Mcp-Name", &mcp::Head::name}};

void take_param(std::string_view name, std::string_view value, mcp::Head& head) {
  name.remove_prefix(param_prefix.size());
  for (const auto& [known, ignored] : head.params) {
    if (iequals(known, name)) head.repeated = param_prefix;
  }
  head.params.emplace_back(name, value);
}

}  // namespace

mcp::Head read_mcp_head(const net::Headers& headers) {
  mcp::Head head;
  for (const net::Header& field : headers.fields) {
    if (field.name.size() < 4 || !iequals(std::string_view(field.name).substr(0, 4), "mcp-")) continue;
    const std::string_view value = trim(field.value);
    if (iequals(std::string_view(field.name).substr(0, param_prefix.size()), param_prefix)) {
      take_param(field.name, value, head);
      continue;
    }
    for (const Slot& slot : slots) {
      if (!iequals(field.name, slot.name)) continue;
      if (head.*slot.place) head.repeated = slot.name;
      head.*slot.place = value;
    }
  }
  return head;
}

}  // namespace cus::web
