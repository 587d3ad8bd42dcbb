// SPDX-License-Identifier: Apache-2.0
#include "call_runner.hpp"

#include <fmt/format.h>

#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "progress.hpp"

namespace cus::mcp {
namespace {

Reply finished(const Json& id, CancelReason reason, tools::ToolResult result,
               const CallRunner::Shape& shape) {
  if (reason == CancelReason::client) return {.status = 202};
  if (reason == CancelReason::shutdown) {
    return error_reply(
        id, {.code = rpc::shutting_down,
             .message = "The server is shutting down and stopped this call. It may have had effects."});
  }
  return {.message = result_text(id, dump_json(shape(std::move(result))))};
}

Task<> at_once() {
  co_return;
}

}  // namespace

CallOrder order_of(ToolCall call, Message& message, tools::Caller caller) {
  return {.tool = call.tool,
          .arguments = std::move(call.arguments),
          .id = std::move(message.id),
          .token = progress_token(message.params),
          .caller = std::move(caller)};
}

std::expected<CallRunner::Entry, RpcError> CallRunner::admit(CallScope scope, const Json& id) {
  Entry entry = calls_->add(executor_, std::move(scope), id);
  if (entry) return entry;
  return std::unexpected(RpcError{
      .code = rpc::too_many_calls,
      .message = fmt::format("{} tool calls of this key are running, which is the most allowed. Wait "
                             "for one to end, or cancel one, and try again.",
                             options_.max_running_calls_per_tenant),
      .data = nullptr,
      .status = 429});
}

Task<tools::ToolResult> CallRunner::run_tool(CallOrder& order, RunningCall& call, Channel& channel) {
  ProgressReporter progress(channel, std::move(order.token));
  const auto report = [&](double done, std::optional<double> total, std::string text) -> Task<> {
    if (!call.cancelled.is_set()) progress.report(done, total, std::move(text));
    return at_once();
  };
  const auto hang_up = [&channel] {
    if (channel.can_resume()) channel.hang_up();
  };
  tools::CallContext context{.caller = order.caller,
                             .settings = options_.tools,
                             .computers = computers_,
                             .cancelled = call.cancelled,
                             .progress = report,
                             .hang_up = hang_up};
  co_return co_await order.tool->run(std::move(order.arguments), context);
}

Task<Reply> CallRunner::run(CallOrder order, Entry entry, ChannelPtr channel, Shape shape) {
  RunningCall& call = entry->call();
  try {
    tools::ToolResult result = co_await run_tool(order, call, *channel);
    co_return finished(order.id, call.reason, std::move(result), shape);
  } catch (const std::exception& error) {
    log::error("mcp.exception", {{"tool", order.tool->name}, {"what", error.what()}});
  }
  co_return error_reply(
      order.id, {.message = "The server failed inside while it worked on this request; its log says why."});
}

Task<> CallRunner::run_to_channel(CallRunner* runner, CallOrder order, Entry entry, ChannelPtr channel,
                                  Shape shape) {
  channel->finish(co_await runner->run(std::move(order), std::move(entry), channel, std::move(shape)));
}

void CallRunner::start(CallOrder order, Entry entry, ChannelPtr channel, Shape shape) {
  spawn(executor_, "mcp.call",
        run_to_channel(this, std::move(order), std::move(entry), std::move(channel), std::move(shape)));
}

}  // namespace cus::mcp
