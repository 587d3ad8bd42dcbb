// SPDX-License-Identifier: Apache-2.0
// Arrays of messages, which one revision knows: answered one after the other, all answers in one array.
#include <algorithm>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "legacy_era.hpp"
#include "tool_calls.hpp"

namespace cus::mcp {
namespace {

constexpr std::size_t max_batch = 50;

// Why an array must not be handled; empty: it may.
std::string_view batch_problem(const Json& batch) {
  if (batch.empty()) return "An array of messages must not be empty.";
  if (batch.size() > max_batch) return "An array may hold at most 50 messages.";
  const auto is_initialize = [](const Json& element) {
    return get_string(element, "method") == "initialize";
  };
  if (std::ranges::any_of(batch, is_initialize)) return "initialize must be sent alone, not in an array.";
  return {};
}

}  // namespace

Task<Posted> LegacyEra::post_batch(Head head, Json batch, tools::Caller caller) {
  if (const std::string_view problem = batch_problem(batch); !problem.empty())
    co_return Posted{.reply = refuse(400, problem)};
  const auto session = find_session(head, caller);
  if (!session) co_return Posted{.reply = error_reply(nullptr, session.error())};
  auto channel = std::make_shared<Channel>(runner_.executor());
  std::vector<Json> elements(std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
  spawn(runner_.executor(), "mcp.batch",
        run_batch(this, std::move(elements), std::move(caller), *session, channel));
  co_return Posted{.channel = std::move(channel)};
}

Task<> LegacyEra::run_batch(LegacyEra* era, std::vector<Json> elements, tools::Caller caller,
                            SessionPtr session, ChannelPtr channel) {
  std::string answers;
  try {
    for (Json& element : elements) {
      const Reply reply = co_await era->answer_element(std::move(element), caller, session, channel);
      if (!reply.message) continue;
      answers += answers.empty() ? '[' : ',';
      answers += *reply.message;
    }
    channel->finish(answers.empty() ? Reply{.status = 202} : Reply{.message = answers + ']'});
  } catch (const std::exception& error) {
    log::error("mcp.exception", {{"what", error.what()}});
    // Somebody waits for the end.
    channel->finish(error_reply(nullptr, {.message = "The server failed inside; its log says why."}));
  }
}

Task<Reply> LegacyEra::answer_element(Json element, const tools::Caller& caller, const SessionPtr& session,
                                      const ChannelPtr& channel) {
  Result<Message> message = read_message(std::move(element));
  if (!message)
    co_return error_reply(nullptr, {.code = rpc::invalid_request, .message = message.error().message});
  if (message->kind == MessageKind::notification) take_notification(*message, caller, session);
  if (message->kind != MessageKind::request) co_return Reply{.status = 202};
  if (!message->params.is_null() && !message->params.is_object())
    co_return error_reply(message->id, refuse_params(R"("params" must be an object.)").error());
  if (message->method != "tools/call") co_return co_await answer(*message, caller, session);
  std::expected<ToolCall, RpcError> call = read_tool_call(tools_, message->params);
  if (!call) co_return error_reply(message->id, call.error());
  auto entry = runner_.admit(
      {.tenant = caller.tenant, .chat = caller.chat, .session = session ? session->id : std::string()},
      message->id);
  if (!entry) co_return error_reply(message->id, entry.error());
  const bool structured = options_.tools.structured_results;
  co_return co_await runner_.run(
      order_of(std::move(*call), *message, caller), std::move(*entry), channel,
      [structured](tools::ToolResult result) { return tool_result(std::move(result), structured); });
}

}  // namespace cus::mcp
