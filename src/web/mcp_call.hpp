// SPDX-License-Identifier: Apache-2.0
#pragma once
// One POST to /mcp while it runs. The work is a task of its own, so that a client that goes away does not
// stop it: in these revisions only notifications/cancelled does.

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "cus/base/event.hpp"
#include "cus/mcp/server.hpp"

namespace cus::web {

class McpCall final : public mcp::MessageSink {
 public:
  explicit McpCall(Executor executor) : changed_(std::move(executor)) {}

  // Starts the work; `call` is kept until it has ended.
  static void start(std::shared_ptr<McpCall> call, Executor executor, mcp::Server& server, std::string body,
                    tools::Caller caller, std::optional<std::string> version);

  Task<> notify(Json message) override;
  void finish(mcp::Reply reply);

  // Waits for a notification or the answer; false at the deadline.
  Task<bool> wait(Deadline deadline);
  bool has_notification() const { return !notifications_.empty(); }
  std::string take_notification();
  // Once the work has ended.
  const std::optional<mcp::Reply>& reply() const { return reply_; }
  // Nobody takes notifications (any more): they are dropped.
  void abandon() { abandoned_ = true; }

 private:
  Event changed_;
  std::deque<std::string> notifications_;
  std::optional<mcp::Reply> reply_;
  bool abandoned_ = false;
};

}  // namespace cus::web
