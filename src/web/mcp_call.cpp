// SPDX-License-Identifier: Apache-2.0
#include "mcp_call.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/spawn.hpp"

namespace cus::web {
namespace {

// A reader this far behind gets the newest progress; older ones say nothing any more.
constexpr std::size_t max_waiting = 16;

Task<> run(std::shared_ptr<McpCall> call, mcp::Server* server, std::string body, tools::Caller caller,
           std::optional<std::string> version) {
  call->finish(co_await server->handle(std::move(body), std::move(caller), std::move(version), *call));
}

}  // namespace

void McpCall::start(std::shared_ptr<McpCall> call, Executor executor, mcp::Server& server, std::string body,
                    tools::Caller caller, std::optional<std::string> version) {
  spawn(std::move(executor), "mcp.call",
        run(std::move(call), &server, std::move(body), std::move(caller), std::move(version)));
}

Task<> McpCall::notify(Json message) {
  if (abandoned_) co_return;
  if (notifications_.size() == max_waiting) notifications_.pop_front();
  notifications_.push_back(dump_json(message));
  changed_.set();
}

void McpCall::finish(mcp::Reply reply) {
  reply_ = std::move(reply);
  changed_.set();
}

Task<bool> McpCall::wait(Deadline deadline) {
  if (reply_ || has_notification()) co_return true;
  changed_.reset();
  co_return co_await changed_.wait(deadline);
}

std::string McpCall::take_notification() {
  std::string message = std::move(notifications_.front());
  notifications_.pop_front();
  return message;
}

}  // namespace cus::web
