// SPDX-License-Identifier: Apache-2.0
#include "tools/bash_tool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scripted_guest.hpp"
#include "support/run_task.hpp"

namespace cus::tools {
namespace {

using test::GuestPeer;
using testing::HasSubstr;

struct BashTool : testing::Test {
  ToolResult call(Json arguments) {
    test::OneComputer one(guest);
    one.refusal = refusal;
    one.news = news;
    ToolResult result = test::run_task(loop, go(one, std::move(arguments)));
    asked = one.asked;
    return result;
  }

  Task<ToolResult> go(test::OneComputer& one, Json arguments) {
    const Tool tool = bash_tool(settings);
    const auto progress = [](double, std::optional<double>, const std::string&) { return nothing(); };
    CallContext context{.caller = caller,
                        .settings = settings,
                        .computers = one,
                        .cancelled = cancelled,
                        .progress = progress,
                        .hang_up = [] {}};
    co_return co_await tool.run(std::move(arguments), context);
  }

  static Task<> nothing() { co_return; }

  Task<> echo(GuestPeer& peer) {
    spec = peer.request;
    co_await peer.upgrade();
    co_await peer.output(0, "hi\n");
    co_await peer.end({{"code", 0}, {"total", 3}});
  }

  boost::asio::io_context loop{1};
  test::ScriptedGuest guest{loop.get_executor(), {[this](GuestPeer& peer) { return echo(peer); }}};
  Event cancelled{loop.get_executor()};
  Settings settings;
  Caller caller{.tenant = TenantId("acme"), .chat = ChatId("a1"), .user_email = {}, .user_name = {}};
  std::optional<Error> refusal;
  std::string news;
  Json spec;
  std::vector<ChatKey> asked;
};

TEST_F(BashTool, GivenACommand_WhenCalled_ThenTheJobIsBashInTheHomeWithTheTextAsScript) {
  const ToolResult result = call({{"command", "echo hi"}});
  EXPECT_EQ(result.text, "hi\n[exit 0]");
  EXPECT_EQ(spec["argv"], Json::array({"/bin/bash"}));
  EXPECT_EQ(spec["script"], "echo hi");
  EXPECT_EQ(spec["cwd"], "/home/assistant");
  EXPECT_EQ(spec["timeout_ms"], 120'000);
  EXPECT_EQ(spec["split"], false);
  EXPECT_EQ(spec["head"], 65'536);
  EXPECT_EQ(spec["tail"], 65'536);
  EXPECT_EQ(spec["env"]["HOME"], "/home/assistant");
  EXPECT_FALSE(spec["env"].contains("GIT_AUTHOR_NAME"));
  EXPECT_EQ(result.meta["job_id"], spec["id"]);
}

TEST_F(BashTool, GivenAKnownUser_WhenCalled_ThenGitKnowsThemToo) {
  caller.user_name = "Ann Example";
  caller.user_email = "ann@example.org";
  call({{"command", "git commit"}});
  EXPECT_EQ(spec["env"]["GIT_AUTHOR_NAME"], "Ann Example");
  EXPECT_EQ(spec["env"]["GIT_COMMITTER_NAME"], "Ann Example");
  EXPECT_EQ(spec["env"]["GIT_AUTHOR_EMAIL"], "ann@example.org");
  EXPECT_EQ(spec["env"]["GIT_COMMITTER_EMAIL"], "ann@example.org");
}

TEST_F(BashTool, GivenNoChatId_WhenCalledLeniently_ThenTheSharedComputerIsUsedAndNamed) {
  caller.chat.reset();
  news = "The sandbox was restarted.";
  const ToolResult result = call({{"command", "x"}});
  EXPECT_THAT(result.text, HasSubstr("SINGLE_USER_MODE"));
  EXPECT_THAT(result.text, HasSubstr("[The sandbox was restarted.]"));
  EXPECT_EQ(asked.at(0).chat.str(), "default");
}

TEST_F(BashTool, GivenNoChatId_WhenCalledStrictly_ThenNothingRuns) {
  caller.chat.reset();
  settings.mode = SingleUserMode::strict;
  const ToolResult result = call({{"command", "x"}});
  EXPECT_THAT(result.text, testing::StartsWith("Error: X-Chat-Id header is required"));
  EXPECT_TRUE(result.is_error);
  EXPECT_TRUE(asked.empty());
}

TEST_F(BashTool, GivenBadArguments_WhenCalled_ThenTheResultSaysHowToRepairThemAndNothingRuns) {
  const ToolResult result = call({{"cmd", "ls"}});
  EXPECT_TRUE(result.is_error);
  EXPECT_THAT(result.text, testing::StartsWith("Error: The argument \"command\" is missing."));
  EXPECT_TRUE(asked.empty());
}

TEST_F(BashTool, GivenNoComputer_WhenCalled_ThenTheReasonIsToldAndTheCauseIsNot) {
  refusal = Error{Code::storage_full, "The disk is full.", "/secret/path"};
  const ToolResult result = call({{"command", "x"}});
  EXPECT_EQ(result.text, "Error: The disk is full.");
  EXPECT_TRUE(result.is_error);
}

TEST_F(BashTool, GivenAComputerThatIsLate_WhenCalled_ThenTheModelIsToldToComeBack) {
  refusal = Error{Code::timed_out, "late", ""};
  EXPECT_THAT(call({{"command", "x"}}).text, HasSubstr("60 seconds"));
}

TEST_F(BashTool, GivenACancelBeforeTheComputerIsReady_WhenCalled_ThenNothingIsStarted) {
  cancelled.set();
  EXPECT_TRUE(call({{"command", "x"}}).is_error);
  EXPECT_TRUE(spec.is_null());
}

TEST_F(BashTool, GivenTheRegistry_WhenListed_ThenTheToolTellsTheTruthAboutItself) {
  settings.command_timeout = std::chrono::seconds(77);
  const std::vector<Tool> tools = all_tools(settings);
  ASSERT_EQ(tools.size(), 1U);
  const Tool& tool = tools.front();
  EXPECT_EQ(tool.name, "bash_tool");
  for (const char* word : {"README.md", "/home/assistant", "cd", "truncated", "timeout_seconds", "77"}) {
    EXPECT_THAT(tool.description, HasSubstr(word));
  }
  EXPECT_LT(tool.description.size() + dump_json(tool.input_schema).size(), 1'500U);
  EXPECT_EQ(tool.annotations, (Json{{"readOnlyHint", false},
                                    {"destructiveHint", true},
                                    {"idempotentHint", false},
                                    {"openWorldHint", true}}));
}

}  // namespace
}  // namespace cus::tools
