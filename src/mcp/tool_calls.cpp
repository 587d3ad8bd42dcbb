// SPDX-License-Identifier: Apache-2.0
#include "tool_calls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "content.hpp"
#include "cus/base/utf8.hpp"

namespace cus::mcp {
namespace {

// What STRUCTURED_RESULTS promises for every tool whose answer is text.
Json text_schema() {
  return {{"type", "object"}, {"properties", {{"result", {{"type", "string"}}}}}, {"required", {"result"}}};
}

}  // namespace

Json tool_list(const std::vector<tools::Tool>& tools, bool structured_results) {
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
  return {{"tools", std::move(list)}};
}

Json tool_result(tools::ToolResult result, bool structured_results) {
  Json json = {{"isError", result.is_error}};
  if (structured_results) json["structuredContent"] = {{"result", result.text}};
  Json content = Json::array();
  if (!result.text.empty() || result.more.empty())
    content.push_back({{"type", "text"}, {"text", std::move(result.text)}});
  for (const tools::Content& block : result.more) content.push_back(content_json(block));
  json["content"] = std::move(content);
  if (result.meta.is_object() && !result.meta.empty()) json["_meta"] = std::move(result.meta);
  return json;
}

std::expected<ToolCall, RpcError> read_tool_call(const std::vector<tools::Tool>& tools, const Json& params) {
  const auto name = get_string(params, "name");
  if (!name) return refuse_params(R"(tools/call needs the parameter "name", a string.)");
  const auto tool = std::ranges::find(tools, *name, &tools::Tool::name);
  if (tool == tools.end()) {
    return refuse_params(fmt::format("Unknown tool \"{}\". Call tools/list to see which there are.",
                                     utf8::sanitize(utf8::prefix(*name, 128))));
  }
  const Json* arguments = get_member(params, "arguments");
  if (arguments == nullptr || arguments->is_null())
    return ToolCall{.tool = &*tool, .arguments = Json::object()};
  if (!arguments->is_object()) return refuse_params(R"("arguments" of tools/call must be an object.)");
  return ToolCall{.tool = &*tool, .arguments = *arguments};
}

bool is_first_page(const Json& params) {
  const Json* cursor = get_member(params, "cursor");
  return cursor == nullptr || cursor->is_null() ||
         (cursor->is_string() && cursor->get_ref<const std::string&>().empty());
}

}  // namespace cus::mcp
