// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs tool calls for both eras: keeps the cap for each tenant, hands progress to the call's channel, and
// words what became of it. What a disconnect means is the era's matter.

#include <functional>
#include <memory>

#include "cus/mcp/server.hpp"
#include "json_rpc.hpp"
#include "running_calls.hpp"
#include "tool_calls.hpp"

namespace cus::mcp {

struct CallOrder {
  const tools::Tool* tool = nullptr;
  Json arguments;
  Json id;
  std::optional<Json> token{};  // for progress
  tools::Caller caller;
};

// Takes what it needs out of the message.
CallOrder order_of(ToolCall call, Message& message, tools::Caller caller);

class CallRunner {
 public:
  using Entry = std::unique_ptr<RunningCalls::Entry>;
  // A result in the era's shape.
  using Shape = std::function<Json(tools::ToolResult)>;

  // What it refers to must outlive it.
  CallRunner(Executor executor, sandbox::Computers& computers, const Options& options)
      : executor_(std::move(executor)),
        computers_(computers),
        options_(options),
        calls_(std::make_shared<RunningCalls>(options.max_running_calls_per_tenant)) {}

  // A place among the running calls; refused (429) when the tenant has none left.
  std::expected<Entry, RpcError> admit(CallScope scope, const Json& id);
  // To its end; `channel` gets the progress, the reply is returned.
  Task<Reply> run(CallOrder order, Entry entry, ChannelPtr channel, Shape shape);
  // The same, unawaited: the reply goes to the channel.
  void start(CallOrder order, Entry entry, ChannelPtr channel, Shape shape);
  RunningCalls& calls() { return *calls_; }
  const std::shared_ptr<RunningCalls>& shared_calls() { return calls_; }
  const Executor& executor() const { return executor_; }

 private:
  static Task<> run_to_channel(CallRunner* runner, CallOrder order, Entry entry, ChannelPtr channel,
                               Shape shape);
  Task<tools::ToolResult> run_tool(CallOrder& order, RunningCall& call, Channel& channel);

  Executor executor_;
  sandbox::Computers& computers_;
  const Options& options_;
  // Shared, so that a call that is torn down after the server still finds its list.
  std::shared_ptr<RunningCalls> calls_;
};

}  // namespace cus::mcp
