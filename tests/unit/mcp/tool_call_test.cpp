// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "fixture.hpp"
#include "mcp/tool_calls.hpp"

namespace cus::mcp {
namespace {

using test::call;
using test::cancel;
using testing::HasSubstr;
using testing::Not;

struct ToolCallTest : test::ServerTest {
  // A call that runs while the test goes on.
  Posted begin(std::string body, tools::Caller who = test::caller()) {
    Posted posted = ServerTest::begin(std::move(body), {}, std::move(who));
    EXPECT_TRUE(posted.channel);
    EXPECT_GT(running_calls(), 0U);
    return posted;
  }
};

TEST_F(ToolCallTest, GivenATool_WhenCalled_ThenItsTextIsOneBlockWithTheFactsBeside) {
  const Json result = ask(call("echo", R"(,"arguments":{"a":1})"))["result"];
  EXPECT_EQ(result, (Json{{"content", {{{"type", "text"}, {"text", R"({"a":1})"}}}},
                          {"isError", false},
                          {"_meta", {{"exit_code", 0}}}}));
}

TEST_F(ToolCallTest, GivenNoArguments_WhenCalled_ThenTheToolGetsAnEmptyObject) {
  EXPECT_EQ(ask(call("echo"))["result"]["content"][0]["text"], "{}");
  EXPECT_EQ(ask(call("echo", R"(,"arguments":null)"))["result"]["content"][0]["text"], "{}");
}

TEST_F(ToolCallTest, GivenAToolThatFails_WhenCalled_ThenTheResultIsFlaggedAndItsTextIsValid) {
  const Json result = ask(call("fail"))["result"];
  EXPECT_EQ(result["isError"], true);
  EXPECT_EQ(result["content"][0]["text"], "bad \xEF\xBF\xBD");
  EXPECT_FALSE(result.contains("_meta"));
}

TEST_F(ToolCallTest, GivenAToolThatThrows_WhenCalled_ThenTheClientLearnsNothingOfTheInside) {
  const Reply reply = post(call("throw", "", "5"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(error_code(reply), -32603);
  EXPECT_THAT(*reply.message, Not(HasSubstr("secret")));
  EXPECT_EQ((*parse_json(*reply.message))["id"], 5);
  EXPECT_EQ(running_calls(), 0U);
}

TEST_F(ToolCallTest, GivenBadParameters_WhenCalled_ThenTheyAreRefusedInBand) {
  for (const std::string& body :
       {test::request("tools/call"), test::request("tools/call", R"({"name":1})"), call("nope"),
        call("echo", R"(,"arguments":[])"), call("echo", R"(,"arguments":"x")")}) {
    EXPECT_EQ(ask(body)["error"]["code"], -32602) << body;
  }
}

TEST_F(ToolCallTest, GivenStructuredResults_WhenSet_ThenListAndResultsHaveThem) {
  EXPECT_FALSE(ask(call("echo"))["result"].contains("structuredContent"));
  EXPECT_FALSE(ask(test::request("tools/list"))["result"]["tools"][0].contains("outputSchema"));
  made.reset();
  options.tools.structured_results = true;
  EXPECT_EQ(ask(call("echo"))["result"]["structuredContent"], (Json{{"result", "{}"}}));
  EXPECT_EQ(ask(test::request("tools/list"))["result"]["tools"][0]["outputSchema"]["required"],
            Json::array({"result"}));
}

TEST_F(ToolCallTest, GivenARunningCall_WhenItIsCancelled_ThenItStopsAndThereIsNoAnswerAndNoMoreProgress) {
  const Posted running = begin(call("hang", R"(,"_meta":{"progressToken":1})", "\"r\""));
  EXPECT_EQ(post(cancel("\"r\"")).status, 202);
  const Reply reply = end(running);
  EXPECT_EQ(reply.status, 202);
  EXPECT_FALSE(reply.message);
  EXPECT_TRUE(messages.empty());
  EXPECT_EQ(running_calls(), 0U);
}

TEST_F(ToolCallTest, GivenARunningCall_WhenSomebodyElseCancelsItsId_ThenItGoesOn) {
  const Posted running = begin(call("hang", "", "3"));
  post(cancel("3"), Head{}, test::caller("acme", "b2"));
  post(cancel("3"), Head{}, test::caller("other", "a1"));
  post(cancel("3"), Head{}, test::caller("acme", ""));
  post(cancel("\"3\""));
  post(cancel("4"));
  EXPECT_EQ(running_calls(), 1U);
  EXPECT_FALSE(running.channel->ended());
  post(cancel("3"));
  EXPECT_FALSE(end(running).message);
}

TEST_F(ToolCallTest, GivenACancelOfAnEndedCall_WhenPosted_ThenItIsAcceptedAndNothingHappens) {
  ask(call("echo"));
  EXPECT_EQ(post(cancel("1")).status, 202);
}

TEST_F(ToolCallTest, GivenAShutdown_WhenACallRuns_ThenItsClientIsTold) {
  const Posted running = begin(call("hang"));
  server().cancel_all();
  EXPECT_EQ(error_code(end(running)), -32001);
}

TEST_F(ToolCallTest, GivenTheCap_WhenReached_ThenTheNextCallIsToldToWaitAndOthersAreServed) {
  options.max_running_calls_per_tenant = 1;
  const Posted running = begin(call("hang", "", "1"));
  const Reply refused = post(call("echo", "", "2"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(error_code(refused), -32000);
  EXPECT_EQ(post(call("echo", "", "2"), Head{}, test::caller("other")).status, 200);
  EXPECT_EQ(post(test::request("ping")).status, 200);
  post(cancel("1"));
  end(running);
  EXPECT_EQ(post(call("echo", "", "2")).status, 200);
}

TEST_F(ToolCallTest, GivenTheRealTools_WhenListed_ThenTheAnswerIsShortAndHonest) {
  const Json list = tool_list(tools::all_tools({}), false);
  EXPECT_LT(dump_json(list).size(), 6'000U);
  const Json& tool = list["tools"][0];
  EXPECT_EQ(tool["name"], "bash_tool");
  EXPECT_EQ(tool["inputSchema"]["type"], "object");
  EXPECT_EQ(tool["annotations"]["destructiveHint"], true);
}

TEST_F(ToolCallTest, GivenTheRealTools_WhenThereIsNoComputer_ThenTheModelIsTold) {
  made = std::make_unique<Server>(loop.get_executor(), computers, options);
  EXPECT_THAT(*post(call("bash_tool", R"(,"arguments":{"command":"ls"})")).message,
              HasSubstr("There is no computer here."));
}

}  // namespace
}  // namespace cus::mcp
