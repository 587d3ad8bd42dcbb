// SPDX-License-Identifier: Apache-2.0
#include "json_rpc.hpp"

#include <fmt/format.h>

namespace cus::mcp {
namespace {

constexpr std::size_t max_method_bytes = 128;

bool valid_id(const Json& id) {
  if (id.is_string()) return id.get_ref<const std::string&>().size() <= max_id_bytes;
  return id.is_number_integer();
}

}  // namespace

Result<Message> read_message(Json value) {
  if (!value.is_object()) return fail(Code::protocol, "A message must be a JSON object.");
  if (get_string(value, "jsonrpc") != "2.0")
    return fail(Code::protocol, R"(A message must have the member "jsonrpc" with the value "2.0".)");
  const Json* id = get_member(value, "id");
  if (get_member(value, "method") == nullptr) {
    const bool answers = get_member(value, "result") != nullptr || get_member(value, "error") != nullptr;
    if (!answers || id == nullptr) return fail(Code::protocol, R"(A message must have a "method".)");
    return Message{.kind = MessageKind::response, .id = nullptr};
  }
  Message message{.kind = id == nullptr ? MessageKind::notification : MessageKind::request, .id = nullptr};
  const auto method = get_string(value, "method");
  if (!method || method->size() > max_method_bytes)
    return fail(Code::protocol, R"("method" must be a string of at most 128 bytes.)");
  message.method = *method;
  if (id != nullptr) {
    if (!valid_id(*id))
      return fail(Code::protocol, R"("id" must be an integer or a string of at most 256 bytes.)");
    message.id = *id;
  }
  if (const auto params = value.find("params"); params != value.end()) message.params = std::move(*params);
  return message;
}

std::string result_text(const Json& id, std::string_view result) {
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"result":{}}})", dump_json(id), result);
}

std::string error_text(const Json& id, int code, std::string_view message, const Json& data) {
  Json error = {{"code", code}, {"message", message}};
  if (!data.is_null()) error["data"] = data;
  return fmt::format(R"({{"jsonrpc":"2.0","id":{},"error":{}}})", dump_json(id), dump_json(error));
}

Reply error_reply(const Json& id, const RpcError& error) {
  return {.status = error.status, .message = error_text(id, error.code, error.message, error.data)};
}

}  // namespace cus::mcp
