// SPDX-License-Identifier: Apache-2.0
#include "legacy_era.hpp"

#include <fmt/format.h>

#include "cus/base/log.hpp"
#include "initialize.hpp"
#include "tool_calls.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

CallScope scope_of(const tools::Caller& caller, const SessionPtr& session) {
  return {.tenant = caller.tenant, .chat = caller.chat, .session = session ? session->id : std::string()};
}

RpcError no_session() {
  return {.code = rpc::invalid_request,
          .message = "This session is not known (any more). Call initialize to begin a new one.",
          .data = nullptr,
          .status = 404};
}

Reply reply_to(const Json& id, const Outcome& outcome) {
  if (outcome) return {.message = result_text(id, dump_json(*outcome))};
  return error_reply(id, outcome.error());
}

std::unexpected<RpcError> unknown_method(std::string_view method) {
  return std::unexpected(RpcError{.code = rpc::method_not_found,
                                  .message = fmt::format("This server has no method \"{}\".", method)});
}

}  // namespace

LegacyEra::LegacyEra(CallRunner& runner, const Methods& methods, const Options& options,
                     const std::vector<tools::Tool>& tools, Changes& changes)
    : runner_(runner),
      methods_(methods),
      options_(options),
      tools_(tools),
      changes_(changes),
      sessions_({.per_tenant = options.max_sessions_per_tenant, .idle = options.session_idle}),
      tool_list_(dump_json(methods.tool_list())) {
  for (const std::string_view version : legacy_versions) {
    greetings_[version] =
        dump_json(initialize_result(version, methods.capabilities(), options.server_version));
  }
}

std::expected<SessionPtr, RpcError> LegacyEra::find_session(const Head& head, const tools::Caller& caller) {
  if (!head.session || head.session->empty()) return nullptr;
  SessionPtr session = sessions_.find(*head.session, caller.tenant, Clock::now());
  if (!session) return std::unexpected(no_session());
  return session;
}

Task<Posted> LegacyEra::post(Head head, Message message, tools::Caller caller) {
  const bool begins = message.kind == MessageKind::request && message.method == "initialize";
  if (begins) co_return start_session(message, caller);
  const auto session = find_session(head, caller);
  if (!session) co_return Posted{.reply = error_reply(message.id, session.error())};
  if (message.kind != MessageKind::request) {
    if (message.kind == MessageKind::notification) take_notification(message, caller, *session);
    co_return Posted{.reply = {.status = 202}};
  }
  if (!message.params.is_null() && !message.params.is_object()) {
    co_return Posted{.reply = reply_to(message.id, refuse_params(R"("params" must be an object.)"))};
  }
  if (message.method == "tools/call") co_return call_tool(std::move(message), std::move(caller), *session);
  co_return Posted{.reply = co_await answer(message, caller, *session)};
}

Posted LegacyEra::start_session(const Message& message, const tools::Caller& caller) {
  const auto requested = get_string(message.params, "protocolVersion");
  if (!requested) {
    return {.reply = reply_to(
                message.id,
                refuse_params(
                    R"(initialize needs the parameter "protocolVersion", a string such as "2025-11-25".)"))};
  }
  const std::string_view version = negotiate(*requested);
  return {.reply = {.message = result_text(message.id, greetings_.at(version)),
                    .session = sessions_.create(caller.tenant, version, Clock::now())->id}};
}

Posted LegacyEra::call_tool(Message message, tools::Caller caller, const SessionPtr& session) {
  std::expected<ToolCall, RpcError> call = read_tool_call(tools_, message.params);
  if (!call) return {.reply = error_reply(message.id, call.error())};
  auto entry = runner_.admit(scope_of(caller, session), message.id);
  if (!entry) return {.reply = error_reply(message.id, entry.error())};
  const bool resumes = session && resumes_streams(session->version);
  ChannelPtr channel = resumes ? sessions_.add_stream(*session, runner_.executor())
                               : std::make_shared<Channel>(runner_.executor());
  const bool structured = options_.tools.structured_results;
  runner_.start(
      order_of(std::move(*call), message, std::move(caller)), std::move(*entry), channel,
      [structured](tools::ToolResult result) { return tool_result(std::move(result), structured); });
  return {.channel = std::move(channel)};
}

Task<Reply> LegacyEra::answer(const Message& message, const tools::Caller& caller,
                              const SessionPtr& session) {
  if (message.method == "ping") co_return Reply{.message = result_text(message.id, "{}")};
  if (message.method == "tools/list" && is_first_page(message.params)) {
    co_return Reply{.message = result_text(message.id, tool_list_)};
  }
  if (message.method == "resources/subscribe" || message.method == "resources/unsubscribe") {
    co_return reply_to(message.id, watch(message, session));
  }
  if (!methods_.knows(message.method)) co_return reply_to(message.id, unknown_method(message.method));
  co_return reply_to(message.id, co_await methods_.answer(message.method, message.params, caller));
}

// Without a session there is nowhere an update could go.
Outcome LegacyEra::watch(const Message& message, const SessionPtr& session) {
  constexpr std::size_t max_watched = 64;
  if (!options_.resources) return unknown_method(message.method);
  const auto uri = get_string(message.params, "uri");
  if (!uri) return refuse_params(message.method + R"( needs the parameter "uri", a string.)");
  if (!session) return Json::object();
  std::erase(session->watched, *uri);
  if (message.method == "resources/subscribe") {
    if (session->watched.size() >= max_watched) {
      return refuse_params("This session watches as many resources as it may: 64.");
    }
    session->watched.push_back(*uri);
  }
  changes_.refilter(session->open, std::set(session->watched.begin(), session->watched.end()));
  return Json::object();
}

void LegacyEra::take_notification(const Message& message, const tools::Caller& caller,
                                  const SessionPtr& session) {
  if (message.method != "notifications/cancelled") return;
  const Json* id = get_member(message.params, "requestId");
  if (id == nullptr) return;
  const std::size_t found = runner_.calls().cancel(scope_of(caller, session), *id);
  log::info("mcp.cancelled", {{"tenant", caller.tenant.str()}, {"calls", found}});
}

Reply LegacyEra::end_session(const Head& head, const tools::Caller& caller) {
  if (!head.session || head.session->empty()) {
    return refuse(400, "Name the session that shall end in the header Mcp-Session-Id.");
  }
  const std::string id(*head.session);
  if (!sessions_.end(id, caller.tenant, Clock::now())) return error_reply(nullptr, no_session());
  // Nobody could ask for their results any more.
  runner_.calls().cancel_session(id);
  return {.status = 204};
}

}  // namespace cus::mcp
