// SPDX-License-Identifier: Apache-2.0
#pragma once
// The revisions up to 2025-11-25: initialize, soft sessions, streams that can be resumed, cancellation by
// notification. A client that goes away does not stop its call.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "call_runner.hpp"
#include "methods.hpp"
#include "sessions.hpp"

namespace cus::mcp {

class LegacyEra {
 public:
  // What it refers to must outlive it.
  LegacyEra(CallRunner& runner, const Methods& methods, const Options& options,
            const std::vector<tools::Tool>& tools, Changes& changes);

  Task<Posted> post(Head head, Message message, tools::Caller caller);
  // Elements that are no messages are answered like ones that are wrong.
  Task<Posted> post_batch(Head head, Json batch, tools::Caller caller);
  Opened open_stream(const Head& head, const tools::Caller& caller, std::string_view last_event);
  Reply end_session(const Head& head, const tools::Caller& caller);
  Sessions& sessions() { return sessions_; }

 private:
  // Of the request; the error is the refusal. nullptr without an id.
  std::expected<SessionPtr, RpcError> find_session(const Head& head, const tools::Caller& caller);
  Posted start_session(const Message& message, const tools::Caller& caller);
  Posted call_tool(Message message, tools::Caller caller, const SessionPtr& session);
  Task<Reply> answer(const Message& message, const tools::Caller& caller, const SessionPtr& session);
  Outcome watch(const Message& message, const SessionPtr& session);
  void take_notification(const Message& message, const tools::Caller& caller, const SessionPtr& session);
  ChannelPtr listen(const SessionPtr& session, const tools::Caller& caller);
  static Task<> run_batch(LegacyEra* era, std::vector<Json> elements, tools::Caller caller,
                          SessionPtr session, ChannelPtr channel);
  Task<Reply> answer_element(Json element, const tools::Caller& caller, const SessionPtr& session,
                             const ChannelPtr& channel);

  CallRunner& runner_;
  const Methods& methods_;
  const Options& options_;
  const std::vector<tools::Tool>& tools_;
  Changes& changes_;
  Sessions sessions_;
  // Made once: clients ask for them before every turn.
  std::string tool_list_;
  std::map<std::string_view, std::string> greetings_;  // the result of initialize, by version
};

}  // namespace cus::mcp
