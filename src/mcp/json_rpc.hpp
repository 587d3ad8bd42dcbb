// SPDX-License-Identifier: Apache-2.0
#pragma once
// JSON-RPC 2.0 as MCP uses it: what one message is, and the text of answers. Everything parsed here is
// attacker input; nothing throws.

#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"
#include "cus/mcp/channel.hpp"

namespace cus::mcp {

namespace rpc {
inline constexpr int parse_error = -32700;
inline constexpr int invalid_request = -32600;
inline constexpr int method_not_found = -32601;
inline constexpr int invalid_params = -32602;
inline constexpr int internal_error = -32603;
// Ours, from the range that is free for implementations.
inline constexpr int too_many_calls = -32000;
inline constexpr int shutting_down = -32001;
// Of revision 2026-07-28.
inline constexpr int header_mismatch = -32020;
inline constexpr int missing_capability = -32021;
inline constexpr int unsupported_version = -32022;
}  // namespace rpc

struct RpcError {
  int code = rpc::internal_error;
  std::string message{};
  Json data = nullptr;
  int status = 200;  // of HTTP; errors of a method's own are answered in band
  bool operator==(const RpcError&) const = default;
};
using Outcome = std::expected<Json, RpcError>;

inline std::unexpected<RpcError> refuse_params(std::string message, Json data = nullptr) {
  return std::unexpected(
      RpcError{.code = rpc::invalid_params, .message = std::move(message), .data = std::move(data)});
}

// A request id is a string or an integer and is echoed exactly as it came.
inline constexpr std::size_t max_id_bytes = 256;

enum class MessageKind { request, notification, response };

struct Message {
  MessageKind kind = MessageKind::request;
  Json id;  // null unless a request
  std::string method{};
  Json params{};  // as sent; null when absent
};

// Code::protocol when it is not a JSON-RPC message; the error's text says what is wrong with it.
Result<Message> read_message(Json value);

// Answers as text. `result` and `data` are JSON texts or values ready to be sent.
std::string result_text(const Json& id, std::string_view result);
std::string error_text(const Json& id, int code, std::string_view message, const Json& data = nullptr);
Reply error_reply(const Json& id, const RpcError& error);

}  // namespace cus::mcp
