// SPDX-License-Identifier: Apache-2.0
#include "tool_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"

namespace cus::mcp {
namespace {

// What STRUCTURED_RESULTS promises for every tool whose answer is text.
Json text_schema() {
  return {{"type", "object"}, {"properties", {{"result", {{"type", "string"}}}}}, {"required", {"result"}}};
}

}  // namespace

std::string tool_list_text(const std::vector<tools::Tool>& tools, bool structured_results) {
  Json list = Json::array();
  for (const tools::Tool& tool : tools) {
    Json entry = {{"name", tool.name},
                  {"title", tool.title},
                  {"description", tool.description},
                  {"inputSchema", tool.input_schema},
                  {"annotations", tool.annotations}};
    if (structured_results) entry["outputSchema"] = text_schema();
    list.push_back(std::move(entry));
  }
  return dump_json({{"tools", std::move(list)}});
}

std::string tool_result_text(tools::ToolResult result, bool structured_results) {
  Json json = {{"isError", result.is_error}};
  if (structured_results) json["structuredContent"] = {{"result", result.text}};
  json["content"] = Json::array({{{"type", "text"}, {"text", std::move(result.text)}}});
  if (result.meta.is_object() && !result.meta.empty()) json["_meta"] = std::move(result.meta);
  return dump_json(json);
}

Result<ToolCall> read_tool_call(const std::vector<tools::Tool>& tools, const Json& params) {
  const auto name = get_string(params, "name");
  if (!name) return fail(Code::invalid_argument, R"(tools/call needs the parameter "name", a string.)");
  const auto tool = std::ranges::find(tools, *name, &tools::Tool::name);
  if (tool == tools.end()) {
    return fail(Code::invalid_argument,
                fmt::format("Unknown tool \"{}\". Call tools/list to see which there are.",
                            utf8::sanitize(utf8::prefix(*name, 128))));
  }
  const Json* arguments = get_member(params, "arguments");
  if (arguments == nullptr || arguments->is_null())
    return ToolCall{.tool = &*tool, .arguments = Json::object()};
  if (!arguments->is_object())
    return fail(Code::invalid_argument, R"("arguments" of tools/call must be an object.)");
  return ToolCall{.tool = &*tool, .arguments = *arguments};
}

}  // namespace cus::mcp
