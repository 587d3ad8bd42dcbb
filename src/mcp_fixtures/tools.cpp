// SPDX-License-Identifier: Apache-2.0
#include "tools.hpp"

#include <nlohmann/json.hpp>

#include "samples.hpp"

namespace cus::mcp_fixtures {
namespace {

using tools::CallContext;
using tools::Content;
using tools::ToolResult;

constexpr auto step = std::chrono::milliseconds(50);

using Run = std::function<Task<ToolResult>(Json, CallContext&)>;

Task<ToolResult> give(const ToolResult& result) {
  co_return result;
}

// A tool that always answers the same.
Run always(ToolResult result) {
  return [result = std::move(result)](const Json&, CallContext&) { return give(result); };
}

Run text(std::string words) {
  return always({.text = std::move(words), .is_error = false, .meta = nullptr});
}

Run blocks(std::vector<Content> content) {
  return always({.text = {}, .is_error = false, .meta = nullptr, .more = std::move(content)});
}

Task<ToolResult> count(Json, CallContext& context) {
  for (const double done : {0.0, 50.0, 100.0}) {
    co_await context.progress(done, 100.0, "at " + std::to_string(static_cast<int>(done)));
    if (co_await context.cancelled.wait(after(step))) break;
  }
  co_return ToolResult{.text = "counted", .is_error = false, .meta = nullptr};
}

Task<ToolResult> reconnect(Json, CallContext& context) {
  co_await context.cancelled.wait(after(2 * step));
  context.hang_up();
  co_await context.cancelled.wait(after(4 * step));
  co_return ToolResult{
      .text = "Reconnection test completed successfully", .is_error = false, .meta = nullptr};
}

Task<ToolResult> publish(std::shared_ptr<mcp::Changes> changes, mcp::Changed what) {
  changes->publish({.what = what});
  co_return ToolResult{.text = "published", .is_error = false, .meta = nullptr};
}

Run publishes(const std::shared_ptr<mcp::Changes>& changes, mcp::Changed what) {
  return [changes, what](const Json&, CallContext&) { return publish(changes, what); };
}

tools::Tool tool(const std::string& name, std::string description, Run run) {
  return {.name = name,
          .title = name,
          .description = std::move(description),
          .input_schema = {{"type", "object"}, {"properties", Json::object()}},
          .annotations = {{"readOnlyHint", true}, {"destructiveHint", false}},
          .run = std::move(run)};
}

Json rich_schema() {
  return parse_json(R"({
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {"address": {"$anchor": "addressDef", "type": "object",
                          "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
    "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"},
                   "contactMethod": {"type": "string", "enum": ["phone", "email"]},
                   "phone": {"type": "string"}, "email": {"type": "string"}},
    "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
    "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
    "then": {"required": ["phone"]},
    "else": {"required": ["email"]},
    "additionalProperties": false})")
      .value_or(nullptr);
}

std::vector<tools::Tool> content_tools() {
  const tools::Image image{.bytes = sample_png(), .mime_type = "image/png"};
  return {
      tool("test_simple_text", "Answers with one text.", text("This is a simple text response for testing.")),
      tool("test_image_content", "Answers with an image.", blocks({image})),
      tool("test_audio_content", "Answers with sound.",
           blocks({tools::Audio{.bytes = sample_wav(), .mime_type = "audio/wav"}})),
      tool("test_embedded_resource", "Answers with a resource inside.",
           blocks({tools::Embedded{.uri = "test://embedded-resource",
                                   .mime_type = "text/plain",
                                   .bytes = "This is an embedded resource content."}})),
      tool("test_multiple_content_types", "Answers with text, an image and a resource.",
           always({.text = "Multiple content types test:",
                   .is_error = false,
                   .meta = nullptr,
                   .more = {image, tools::Embedded{.uri = "test://mixed-content-resource",
                                                   .mime_type = "application/json",
                                                   .bytes = R"({"test":"data","value":123})"}}})),
      tool("test_error_handling", "Answers with an error.",
           always({.text = "This tool intentionally returns an error for testing",
                   .is_error = true,
                   .meta = nullptr})),
  };
}

}  // namespace

std::vector<tools::Tool> fixture_tools(const std::shared_ptr<mcp::Changes>& changes) {
  std::vector<tools::Tool> all = content_tools();
  all.push_back(tool("test_tool_with_progress", "Reports progress three times.", count));
  all.push_back(tool("test_reconnection", "Closes the connection before it answers.", reconnect));
  all.push_back(
      tool("json_schema_2020_12_tool", "Tool with JSON Schema 2020-12 features", text("understood")));
  all.back().input_schema = rich_schema();
  all.push_back(tool("test_x_mcp_header", "Has an argument that a header repeats.", text("the same")));
  all.back().input_schema["properties"]["value"] = {{"type", "string"}, {"x-mcp-header", "Value"}};
  all.push_back(tool("test_missing_capability", "Needs a client that samples.", text("sampled")));
  all.back().needs = {{"sampling", Json::object()}};
  all.push_back(tool("test_streaming_elicitation", "Answers with text.", text("nothing to ask")));
  all.push_back(tool("test_logging_tool", "Answers with text and logs nothing.", text("nothing to log")));
  all.push_back(tool("test_trigger_tool_change", "Says that the tools have changed.",
                     publishes(changes, mcp::Changed::tools)));
  all.push_back(tool("test_trigger_prompt_change", "Says that the prompts have changed.",
                     publishes(changes, mcp::Changed::prompts)));
  return all;
}

}  // namespace cus::mcp_fixtures
