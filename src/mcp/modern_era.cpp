// SPDX-License-Identifier: Apache-2.0
#include "modern_era.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cus/base/log.hpp"
#include "header_mirror.hpp"
#include "initialize.hpp"
#include "tool_calls.hpp"

namespace cus::mcp {
namespace {

// Apart from the calls of sessions and of the legacy era.
CallScope scope_of(const tools::Caller& caller) {
  return {.tenant = caller.tenant, .chat = caller.chat, .session = "modern"};
}

constexpr CacheHint handshake_hint{.ttl_ms = 300'000, .is_public = true};

}  // namespace

ModernEra::ModernEra(CallRunner& runner, const Methods& methods, const Options& options,
                     const std::vector<tools::Tool>& tools, Changes& changes)
    : runner_(runner),
      methods_(methods),
      options_(options),
      tools_(tools),
      changes_(changes),
      server_info_(server_info(options.server_version)),
      tool_list_(dump_json(
          complete_result(methods.tool_list(), server_info_, methods.cache_hint("tools/list", nullptr)))),
      discovery_(
          dump_json(complete_result(discover_result(methods.capabilities()), server_info_, handshake_hint))) {
  for (const tools::Tool& tool : tools) param_headers_[tool.name] = param_headers(tool.input_schema);
}

Task<Posted> ModernEra::post(Head head, Message message, tools::Caller caller) {
  if (message.kind != MessageKind::request) {
    if (head.method && *head.method != message.method) {
      co_return Posted{.reply =
                           error_reply(nullptr, {.code = rpc::header_mismatch,
                                                 .message = "The header Mcp-Method must repeat the method.",
                                                 .data = nullptr,
                                                 .status = 400})};
    }
    if (message.method == "notifications/cancelled") cancel(message, caller);
    co_return Posted{.reply = {.status = 202}};
  }
  if (const auto refusal = check(head, message)) co_return Posted{.reply = error_reply(message.id, *refusal)};
  if (message.method == "tools/call") co_return call_tool(std::move(message), std::move(caller));
  if (message.method == "subscriptions/listen") co_return listen(message, caller);
  co_return Posted{.reply = co_await answer(message, caller)};
}

std::optional<RpcError> ModernEra::check(const Head& head, const Message& message) const {
  const auto envelope = read_envelope(message.params);
  if (!envelope) return envelope.error();
  const bool agrees = !head.version || *head.version == envelope->version;
  if (agrees) {
    if (auto refusal = check_version(envelope->version)) return refusal;
  }
  if (auto refusal = check_standard_headers(head, envelope->version, message.method, message.params)) {
    return refusal;
  }
  if (message.method != "tools/call") return std::nullopt;
  return check_tool(head, message.params, envelope->client_capabilities);
}

std::optional<RpcError> ModernEra::check_tool(const Head& head, const Json& params,
                                              const Json& capabilities) const {
  const auto name = get_string(params, "name");
  const auto tool = std::ranges::find(tools_, name.value_or(""), &tools::Tool::name);
  if (tool == tools_.end()) return std::nullopt;
  if (auto refusal = check_capabilities(tool->needs, capabilities)) return refusal;
  const Json* arguments = get_member(params, "arguments");
  return check_param_headers(head, param_headers_.at(tool->name),
                             arguments == nullptr ? Json::object() : *arguments);
}

Posted ModernEra::call_tool(Message message, tools::Caller caller) {
  std::expected<ToolCall, RpcError> call = read_tool_call(tools_, message.params);
  if (!call) return {.reply = error_reply(message.id, call.error())};
  auto entry = runner_.admit(scope_of(caller), message.id);
  if (!entry) return {.reply = error_reply(message.id, entry.error())};
  auto channel = std::make_shared<Channel>(runner_.executor());
  channel->on_client_gone(
      [calls = runner_.shared_calls(), serial = (*entry)->call().serial] { calls->cancel_one(serial); });
  const bool structured = options_.tools.structured_results;
  runner_.start(order_of(std::move(*call), message, std::move(caller)), std::move(*entry), channel,
                [structured, info = server_info_](tools::ToolResult result) {
                  return complete_result(tool_result(std::move(result), structured), info, std::nullopt);
                });
  return {.channel = std::move(channel)};
}

// On HTTP a modern client cancels by closing its connection. Bridges from other transports keep it open and
// send the notification; when one call alone can be meant, it is meant.
void ModernEra::cancel(const Message& message, const tools::Caller& caller) {
  const Json* id = get_member(message.params, "requestId");
  if (id == nullptr || runner_.calls().count(scope_of(caller), *id) != 1) return;
  runner_.calls().cancel(scope_of(caller), *id);
  log::info("mcp.cancelled", {{"tenant", caller.tenant.str()}, {"calls", 1}});
}

Task<Reply> ModernEra::answer(const Message& message, const tools::Caller& caller) {
  if (message.method == "tools/list" && is_first_page(message.params)) {
    co_return Reply{.message = result_text(message.id, tool_list_)};
  }
  if (message.method == "server/discover") co_return Reply{.message = result_text(message.id, discovery_)};
  if (!methods_.knows(message.method)) {
    co_return error_reply(message.id,
                          {.code = rpc::method_not_found,
                           .message = fmt::format("This server has no method \"{}\".", message.method),
                           .data = nullptr,
                           .status = 404});
  }
  Outcome outcome = co_await methods_.answer(message.method, message.params, caller);
  if (!outcome) co_return error_reply(message.id, outcome.error());
  const Json result =
      complete_result(std::move(*outcome), server_info_, methods_.cache_hint(message.method, message.params));
  co_return Reply{.message = result_text(message.id, dump_json(result))};
}

}  // namespace cus::mcp
