// SPDX-License-Identifier: Apache-2.0
#include "param_headers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

namespace cus::mcp {
namespace {

constexpr std::size_t max_depth = 8;

bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::ranges::all_of(text, [marks](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || marks.contains(c);
  });
}

void collect(const Json& schema, std::vector<std::string>& path, std::vector<ParamHeader>& found) {
  const Json* properties = get_member(schema, "properties");
  if (properties == nullptr || !properties->is_object() || path.size() == max_depth) return;
  for (const auto& [name, property] : properties->items()) {
    path.push_back(name);
    const std::optional<std::string> header = get_string(property, "x-mcp-header");
    const std::string type = get_string(property, "type").value_or("");
    if (header && is_token(*header) && (type == "string" || type == "integer" || type == "boolean"))
      found.push_back({.name = *header, .path = path});
    collect(property, path, found);
    path.pop_back();
  }
}

}  // namespace

std::vector<ParamHeader> param_headers(const Json& input_schema) {
  std::vector<ParamHeader> found;
  std::vector<std::string> path;
  collect(input_schema, path, found);
  return found;
}

}  // namespace cus::mcp
