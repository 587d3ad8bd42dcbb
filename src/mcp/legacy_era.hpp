// SPDX-License-Identifier: Apache-2.0
#pragma once
// The methods of the revisions up to 2025-11-25, one message at a time.

#include <memory>
#include <string>
#include <vector>

#include "cus/mcp/server.hpp"
#include "json_rpc.hpp"
#include "running_calls.hpp"

namespace cus::mcp {

class LegacyEra {
 public:
  // What it refers to must outlive it.
  LegacyEra(Executor executor, sandbox::Computers& computers, const Options& options,
            const std::vector<tools::Tool>& tools);

  Task<Reply> handle(Message message, const tools::Caller& caller, MessageSink& sink);
  // The elements one after the other; what is wrong with one of them is its own answer.
  Task<Reply> handle_batch(Json batch, const tools::Caller& caller, MessageSink& sink);
  RunningCalls& calls() { return *calls_; }

 private:
  Task<Reply> answer_request(const Message& message, const tools::Caller& caller, MessageSink& sink);
  Task<Reply> call_tool(const Message& message, const tools::Caller& caller, MessageSink& sink);
  Reply answer_at_once(const Message& message) const;
  Reply finish_call(const Json& id, CancelReason reason, tools::ToolResult result) const;
  void take_notification(const Message& message, const tools::Caller& caller);

  Executor executor_;
  sandbox::Computers& computers_;
  const Options& options_;
  const std::vector<tools::Tool>& tools_;
  // Shared, so that a call that is torn down after the server still finds its list.
  std::shared_ptr<RunningCalls> calls_;
  std::string tool_list_;
};

}  // namespace cus::mcp
