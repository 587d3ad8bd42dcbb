// SPDX-License-Identifier: Apache-2.0
// Input: the body of a POST to /mcp.
#include "mcp/json_rpc.hpp"

#include "cus/base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "mcp/tool_calls.hpp"
#include "tools/bash_arguments.hpp"

namespace cus::fuzz {
namespace {

constexpr auto default_timeout = std::chrono::seconds(120);

std::vector<tools::Tool> make_tools() {
  tools::Tool bash;
  bash.name = "bash_tool";
  bash.input_schema = tools::bash_schema(default_timeout);
  return {bash};
}

// An answer goes over the wire as one line of JSON that names the request it belongs to.
void check_answer(const std::string& text, const Json& id, std::string_view kind) {
  require(!text.contains('\n') && utf8::valid(text), "an answer is one line of UTF-8", text);
  const auto json = parse_json(text);
  require(json.has_value(), "an answer is JSON", text);
  require(get_string(*json, "jsonrpc") == "2.0", "an answer is JSON-RPC 2.0", text);
  require(json->contains("id") && (*json)["id"] == id, "an answer has the id of its request", text);
  require((*json)["id"].type() == id.type(), "an id comes back in the type it had", text);
  require(json->size() == 3 && json->contains(kind), "an answer is a result or an error", text);
}

void check_error(const Json& id, int code, const std::string& message) {
  require(!message.empty() && message.size() < 2000, "an error says why, in bounds", message);
  const std::string text = mcp::error_text(id, code, message);
  check_answer(text, id, "error");
  const Json answer = *parse_json(text);
  require(get_int(answer["error"], "code") == code, "an error has its code", text);
  require(get_string(answer["error"], "message") == utf8::sanitize(message), "an error has its text", text);
}

void check_arguments(const Json& arguments, const Json& id) {
  const auto parsed = tools::parse_bash_arguments(arguments, default_timeout);
  if (!parsed) {
    check_error(id, mcp::rpc::invalid_params, parsed.error().message);
    return;
  }
  const std::string& command = parsed->command;
  require(command == get_string(arguments, "command"), "a command is run as sent", command);
  require(utf8::valid(command) && !command.contains('\0'), "a command is text a shell can run", command);
  require(command.find_first_not_of(" \t\r\n") != std::string::npos, "a command is not blank", command);
  require(parsed->timeout >= std::chrono::seconds(1) && parsed->timeout <= std::chrono::hours(1),
          "a time limit is from a second to an hour");
  require(parsed->ignored.size() <= 8, "the names of unknown arguments are bounded in number");
  for (const std::string& name : parsed->ignored) {
    require(name.size() <= 64 && utf8::valid(name), "the names of unknown arguments are short UTF-8", name);
    require(name != "command" && name != "timeout_seconds", "known arguments are not ignored", name);
  }
}

void check_call(const Json& params, const Json& id) {
  static const std::vector<tools::Tool> tools = make_tools();
  const auto call = mcp::read_tool_call(tools, params);
  if (!call) {
    check_error(id, mcp::rpc::invalid_params, call.error().message);
    return;
  }
  require(call->tool == tools.data() && get_string(params, "name") == "bash_tool",
          "the named tool is called");
  require(call->arguments.is_object(), "arguments are an object");
  check_arguments(call->arguments, id);
}

void check_message(const Json& value) {
  const auto message = mcp::read_message(value);
  if (!message) {
    check_error(nullptr, mcp::rpc::invalid_request, message.error().message);
    return;
  }
  const bool request = message->kind == mcp::MessageKind::request;
  require(request != message->id.is_null(), "a request has an id, and nothing else has");
  if (message->kind == mcp::MessageKind::response) return;
  require(message->method == get_string(value, "method") && message->method.size() <= 128,
          "a method is as sent");
  const Json* params = get_member(value, "params");
  require(message->params == (params == nullptr ? Json() : *params), "params are as sent");
  check_call(message->params, message->id);
  if (!request) return;
  require(message->id == value["id"], "an id is as sent");
  require(message->id.is_number_integer() || message->id.is_string(), "an id is an integer or text");
  check_answer(mcp::result_text(message->id, "{}"), message->id, "result");
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  const std::string_view input = as_text(data, size);
  const auto value = cus::parse_json(input);
  if (!value) {
    require(value.error().code == cus::Code::protocol, "what is no JSON is the peer's fault", input);
    check_error(nullptr, cus::mcp::rpc::parse_error, value.error().message);
    return 0;
  }
  require(cus::utf8::valid(input), "JSON is UTF-8", input);
  const std::string text = cus::dump_json(*value);
  const auto again = cus::parse_json(text);
  require(again && *again == *value && cus::dump_json(*again) == text, "JSON is read as it was written",
          input);
  for (const cus::Json& message : value->is_array() ? *value : cus::Json::array({*value}))
    check_message(message);
  check_arguments(*value, nullptr);
  return 0;
}
