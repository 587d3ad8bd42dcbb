// SPDX-License-Identifier: Apache-2.0
#pragma once
// A server with tools that do one simple thing each, and a client that posts JSON to it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "cus/mcp/server.hpp"
#include "support/run_task.hpp"

namespace cus::mcp::test {

class NoComputers final : public sandbox::Computers {
 public:
  Task<Result<sandbox::Computer>> acquire(const ChatKey&, Deadline) override {
    co_return fail(Code::unavailable, "There is no computer here.");
  }
  void job_running(const StorageId&, const JobId&) override {}
  void job_ended(const StorageId&, const JobId&, const guest::JobEnd&) override {}
};

inline Task<tools::ToolResult> echo(Json arguments, tools::CallContext&) {
  co_return tools::ToolResult{.text = dump_json(arguments), .meta = {{"exit_code", 0}}};
}

inline Task<tools::ToolResult> fail_softly(Json, tools::CallContext&) {
  co_return tools::ToolResult{.text = "bad \xFF", .is_error = true, .meta = nullptr};
}

inline Task<tools::ToolResult> throw_up(Json, tools::CallContext&) {
  throw std::runtime_error("secret inside");
  co_return tools::ToolResult{};
}

inline Task<tools::ToolResult> count(Json, tools::CallContext& context) {
  for (const double value : {0.5, 1.0, 1.0, 0.7, 2.0}) {
    co_await context.progress(value, 10.0, "at " + std::to_string(value));
  }
  co_return tools::ToolResult{.text = "counted", .meta = nullptr};
}

// Runs until it is cancelled, then still tries to report.
inline Task<tools::ToolResult> hang(Json, tools::CallContext& context) {
  co_await context.cancelled.wait(after(std::chrono::seconds(10)));
  co_await context.progress(99, std::nullopt, "too late");
  co_return tools::ToolResult{.text = "killed", .is_error = true, .meta = nullptr};
}

inline std::vector<tools::Tool> simple_tools() {
  const auto tool = [](std::string name, auto run) {
    return tools::Tool{.name = name,
                       .title = name,
                       .description = "Does " + name + ".",
                       .input_schema = {{"type", "object"}},
                       .annotations = {{"readOnlyHint", true}},
                       .run = run};
  };
  return {tool("echo", echo), tool("fail", fail_softly), tool("throw", throw_up), tool("count", count),
          tool("hang", hang)};
}

inline tools::Caller caller(std::string tenant = "acme", std::string chat = "a1") {
  tools::Caller result{.tenant = TenantId(std::move(tenant)), .chat = {}, .user_email = {}, .user_name = {}};
  if (!chat.empty()) result.chat = ChatId(std::move(chat));
  return result;
}

struct ServerTest : testing::Test {
  Server& server() {
    if (!made) made = std::make_unique<Server>(loop.get_executor(), computers, options, simple_tools());
    return *made;
  }
  Posted begin(std::string body, Head head, tools::Caller who = caller()) {
    return cus::test::run_task(loop, server().post(std::move(head), std::move(body), std::move(who)));
  }
  // The reply of what was begun; notifications before it are added to `messages`.
  Reply end(const Posted& posted) {
    if (!posted.channel) return posted.reply;
    loop.restart();
    while (!posted.channel->ended()) loop.run_one();
    std::uint64_t seen = 0;
    const bool answers = posted.channel->reply() && posted.channel->reply()->message;
    while (const auto message = posted.channel->next(seen)) {
      seen = message->number;
      messages.push_back(*parse_json(message->text));
    }
    if (answers) messages.pop_back();
    return posted.channel->reply().value_or(Reply{.status = 0});
  }
  Reply post(std::string body, Head head, tools::Caller who = caller()) {
    return end(begin(std::move(body), std::move(head), std::move(who)));
  }
  Reply post(std::string body, std::optional<std::string_view> version = {}, tools::Caller who = caller()) {
    return post(std::move(body), Head{.version = version}, std::move(who));
  }
  // The answer to a request, which must be one.
  Json ask(const std::string& body, std::optional<std::string_view> version = {}) {
    const Reply reply = post(body, version);
    EXPECT_EQ(reply.status, 200) << body;
    return reply.message ? *parse_json(*reply.message) : Json();
  }
  static int error_code(const Reply& reply) {
    if (!reply.message) return 0;
    const Json message = *parse_json(*reply.message);
    return message.contains("error") ? message["error"]["code"].get<int>() : 0;
  }
  std::size_t running_calls() { return server().counts().running_calls; }

  boost::asio::io_context loop{1};
  NoComputers computers;
  Options options{.tools = {}, .server_version = "1.2.3"};
  std::unique_ptr<Server> made;
  std::vector<Json> messages;  // notifications that came with replies
};

inline std::string request(std::string_view method, std::string_view params = "{}",
                           std::string_view id = "1") {
  return R"({"jsonrpc":"2.0","id":)" + std::string(id) + R"(,"method":")" + std::string(method) +
         R"(","params":)" + std::string(params) + "}";
}

// Parameters of a request of revision 2026-07-28.
inline const std::string modern_meta = R"({"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",)"
                                       R"("io.modelcontextprotocol/clientCapabilities":{}}})";

inline std::string call(std::string_view tool, std::string_view more = "", std::string_view id = "1") {
  return request("tools/call", R"({"name":")" + std::string(tool) + "\"" + std::string(more) + "}", id);
}

inline std::string cancel(std::string_view id) {
  return R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)" + std::string(id) +
         "}}";
}

}  // namespace cus::mcp::test
