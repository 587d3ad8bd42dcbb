// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

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
  auto begin(std::string body, tools::Caller who = test::caller()) {
    const std::size_t before = server().running_calls();
    auto reply = boost::asio::co_spawn(loop, server().handle(std::move(body), std::move(who), {}, sink),
                                       boost::asio::use_future);
    loop.restart();
    while (server().running_calls() == before) loop.run_one();
    return reply;
  }
  Reply end(std::future<Reply> reply) {
    loop.restart();
    while (reply.wait_for(std::chrono::seconds(0)) != std::future_status::ready) loop.run_one();
    return reply.get();
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
  EXPECT_EQ(server().running_calls(), 0U);
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
  auto running = begin(call("hang", R"(,"_meta":{"progressToken":1})", "\"r\""));
  EXPECT_EQ(post(cancel("\"r\"")).status, 202);
  const Reply reply = end(std::move(running));
  EXPECT_EQ(reply.status, 202);
  EXPECT_FALSE(reply.message);
  EXPECT_TRUE(sink.messages.empty());
  EXPECT_EQ(server().running_calls(), 0U);
}

TEST_F(ToolCallTest, GivenARunningCall_WhenSomebodyElseCancelsItsId_ThenItGoesOn) {
  auto running = begin(call("hang", "", "3"));
  post(cancel("3"), {}, test::caller("acme", "b2"));
  post(cancel("3"), {}, test::caller("other", "a1"));
  post(cancel("3"), {}, test::caller("acme", ""));
  post(cancel("\"3\""));
  post(cancel("4"));
  EXPECT_EQ(server().running_calls(), 1U);
  EXPECT_NE(running.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  post(cancel("3"));
  EXPECT_FALSE(end(std::move(running)).message);
}

TEST_F(ToolCallTest, GivenACancelOfAnEndedCall_WhenPosted_ThenItIsAcceptedAndNothingHappens) {
  ask(call("echo"));
  EXPECT_EQ(post(cancel("1")).status, 202);
}

TEST_F(ToolCallTest, GivenAShutdown_WhenACallRuns_ThenItsClientIsTold) {
  auto running = begin(call("hang"));
  server().cancel_all();
  EXPECT_EQ(error_code(end(std::move(running))), -32001);
}

TEST_F(ToolCallTest, GivenTheCap_WhenReached_ThenTheNextCallIsToldToWaitAndOthersAreServed) {
  options.max_running_calls_per_tenant = 1;
  auto running = begin(call("hang", "", "1"));
  const Reply refused = post(call("echo", "", "2"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(error_code(refused), -32000);
  EXPECT_EQ(post(call("echo", "", "2"), {}, test::caller("other")).status, 200);
  EXPECT_EQ(post(test::request("ping")).status, 200);
  post(cancel("1"));
  end(std::move(running));
  EXPECT_EQ(post(call("echo", "", "2")).status, 200);
}

TEST_F(ToolCallTest, GivenTheRealTools_WhenListed_ThenTheAnswerIsShortAndHonest) {
  const std::string text = tool_list_text(tools::all_tools({}), false);
  EXPECT_LT(text.size(), 6'000U);
  const Json tool = (*parse_json(text))["tools"][0];
  EXPECT_EQ(tool["name"], "bash_tool");
  EXPECT_EQ(tool["inputSchema"]["type"], "object");
  EXPECT_EQ(tool["annotations"]["destructiveHint"], true);
}

TEST_F(ToolCallTest, GivenTheRealTools_WhenThereIsNoComputer_ThenTheModelIsTold) {
  Server real(loop.get_executor(), computers, options);
  const Reply reply = cus::test::run_task(
      loop, real.handle(call("bash_tool", R"(,"arguments":{"command":"ls"})"), test::caller(), {}, sink));
  EXPECT_THAT(*reply.message, HasSubstr("There is no computer here."));
}

}  // namespace
}  // namespace cus::mcp
