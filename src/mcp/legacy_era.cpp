// SPDX-License-Identifier: Apache-2.0
#include "legacy_era.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cus/base/log.hpp"
#include "initialize.hpp"
#include "progress.hpp"
#include "tool_calls.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

Reply error_reply(const Json& id, int code, std::string_view message) {
  return {.message = error_text(id, code, message)};
}

Reply answer(const Json& id, const Result<std::string>& result) {
  if (result) return {.message = result_text(id, *result)};
  return error_reply(id, rpc::invalid_params, result.error().message);
}

// Each list fits one page, so that no cursor but the empty one was ever handed out.
bool valid_cursor(const Json& params) {
  const Json* cursor = get_member(params, "cursor");
  return cursor == nullptr || cursor->is_null() || *cursor == "";
}

Task<> nothing() {
  co_return;
}

}  // namespace

LegacyEra::LegacyEra(Executor executor, sandbox::Computers& computers, const Options& options,
                     const std::vector<tools::Tool>& tools)
    : executor_(std::move(executor)),
      computers_(computers),
      options_(options),
      tools_(tools),
      calls_(std::make_shared<RunningCalls>(options.max_running_calls_per_tenant)),
      tool_list_(tool_list_text(tools, options.tools.structured_results)) {}

Task<Reply> LegacyEra::handle(Message message, const tools::Caller& caller, MessageSink& sink) {
  if (message.kind == MessageKind::request) {
    try {
      co_return co_await answer_request(message, caller, sink);
    } catch (const std::exception& error) {
      log::error("mcp.exception", {{"method", message.method}, {"what", error.what()}});
    }
    co_return error_reply(message.id, rpc::internal_error,
                          "The server failed inside while it worked on this request; its log says why.");
  }
  if (message.kind == MessageKind::notification) take_notification(message, caller);
  co_return Reply{.status = 202};
}

Task<Reply> LegacyEra::handle_batch(Json batch, const tools::Caller& caller, MessageSink& sink) {
  std::string answers;
  for (Json& element : batch) {
    Result<Message> message = read_message(std::move(element));
    Reply reply = error_reply(nullptr, rpc::invalid_request, message ? "" : message.error().message);
    if (message) reply = co_await handle(std::move(*message), caller, sink);
    if (!reply.message) continue;
    answers += answers.empty() ? '[' : ',';
    answers += *reply.message;
  }
  if (answers.empty()) co_return Reply{.status = 202};
  co_return Reply{.message = answers + ']'};
}

Task<Reply> LegacyEra::answer_request(const Message& message, const tools::Caller& caller,
                                      MessageSink& sink) {
  if (!message.params.is_null() && !message.params.is_object())
    co_return error_reply(message.id, rpc::invalid_params, R"("params" must be an object.)");
  if (message.method == "initialize")
    co_return answer(message.id, initialize_result(message.params, options_.server_version));
  // A client of a newer era states its revision in each request: told no, it falls back to initialize.
  if (const auto claim = unsupported_claim(message.params)) {
    Reply reply = error_reply(message.id, rpc::invalid_request, unsupported_text(*claim));
    reply.status = 400;
    co_return reply;
  }
  if (message.method == "tools/call") co_return co_await call_tool(message, caller, sink);
  co_return answer_at_once(message);
}

Reply LegacyEra::answer_at_once(const Message& message) const {
  if (message.method == "ping") return {.message = result_text(message.id, "{}")};
  if (message.method == "tools/list") {
    if (valid_cursor(message.params)) return {.message = result_text(message.id, tool_list_)};
    return error_reply(message.id, rpc::invalid_params,
                       "This cursor is not one of this server's: the list has one page.");
  }
  return error_reply(message.id, rpc::method_not_found,
                     fmt::format("This server has no method \"{}\".", message.method));
}

void LegacyEra::take_notification(const Message& message, const tools::Caller& caller) {
  if (message.method != "notifications/cancelled") return;
  const Json* id = get_member(message.params, "requestId");
  if (id == nullptr) return;
  const std::size_t found = calls_->cancel({.tenant = caller.tenant, .chat = caller.chat}, *id);
  log::info("mcp.cancelled", {{"tenant", caller.tenant.str()}, {"calls", found}});
}

Task<Reply> LegacyEra::call_tool(const Message& message, const tools::Caller& caller, MessageSink& sink) {
  Result<ToolCall> call = read_tool_call(tools_, message.params);
  if (!call) co_return error_reply(message.id, rpc::invalid_params, call.error().message);
  const auto entry = calls_->add(executor_, {.tenant = caller.tenant, .chat = caller.chat}, message.id);
  if (!entry) {
    Reply reply =
        error_reply(message.id, rpc::too_many_calls,
                    fmt::format("{} tool calls of this key are running, which is the most allowed. Wait "
                                "for one to end, or cancel one, and try again.",
                                options_.max_running_calls_per_tenant));
    reply.status = 429;
    co_return reply;
  }
  ProgressReporter progress(sink, progress_token(message.params));
  Event& cancelled = entry->call().cancelled;
  const auto report = [&](double done, std::optional<double> total, std::string text) -> Task<> {
    return cancelled.is_set() ? nothing() : progress.report(done, total, std::move(text));
  };
  tools::CallContext context{.caller = caller,
                             .settings = options_.tools,
                             .computers = computers_,
                             .cancelled = cancelled,
                             .progress = report};
  tools::ToolResult result = co_await call->tool->run(std::move(call->arguments), context);
  co_return finish_call(message.id, entry->call().reason, std::move(result));
}

Reply LegacyEra::finish_call(const Json& id, CancelReason reason, tools::ToolResult result) const {
  if (reason == CancelReason::client) return {.status = 202};
  if (reason == CancelReason::shutdown) {
    return error_reply(id, rpc::shutting_down,
                       "The server is shutting down and stopped this call. It may have had effects.");
  }
  return {.message = result_text(id, tool_result_text(std::move(result), options_.tools.structured_results))};
}

}  // namespace cus::mcp
