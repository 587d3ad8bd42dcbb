// SPDX-License-Identifier: Apache-2.0
// Revision 2026-07-28 as a client sees it.
#include <gmock/gmock.h>

#include "fixture.hpp"
#include "mcp/initialize.hpp"

namespace cus::mcp {
namespace {

using test::modern_meta;
using testing::HasSubstr;

struct Modern : test::ServerTest {
  static Head head(std::string_view method, std::optional<std::string_view> name = {}) {
    return {.version = "2026-07-28", .method = method, .name = name};
  }
  static std::string body(std::string_view method, std::string_view more = "") {
    return test::request(method, "{" + std::string(more) + modern_meta.substr(1));
  }
  Reply send(std::string_view method, std::string_view more = "", std::optional<std::string_view> name = {}) {
    return post(body(method, more), head(method, name));
  }
  Json result(const Reply& reply) {
    EXPECT_EQ(reply.status, 200);
    return (*parse_json(*reply.message))["result"];
  }
  Posted call(std::string_view tool) {
    return begin(body("tools/call", R"("name":")" + std::string(tool) + "\","), head("tools/call", tool));
  }
};

TEST_F(Modern, GivenDiscover_WhenAsked_ThenItSaysAllVersionsAndWhoAnswers) {
  const Json found = result(send("server/discover"));
  EXPECT_EQ(found["supportedVersions"],
            Json({"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"}));
  EXPECT_EQ(found["resultType"], "complete");
  EXPECT_EQ(found["cacheScope"], "public");
  EXPECT_GT(found["ttlMs"], 0);
  EXPECT_EQ(found["instructions"], instructions());
  EXPECT_EQ(found["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "computer-use-server");
  EXPECT_TRUE(found["capabilities"].contains("tools"));
}

TEST_F(Modern, GivenTheList_WhenAsked_ThenItMayBeKeptByEverybody) {
  const Json list = result(send("tools/list"));
  EXPECT_EQ(list["tools"].size(), 5U);
  EXPECT_EQ(list["cacheScope"], "public");
  EXPECT_EQ(error_code(send("tools/list", R"("cursor":"x",)")), -32602);
}

TEST_F(Modern, GivenATool_WhenCalled_ThenTheResultHasItsTypeAndTheFactsBeside) {
  const Json given = result(end(call("echo")));
  EXPECT_EQ(given["resultType"], "complete");
  EXPECT_EQ(given["_meta"]["exit_code"], 0);
  EXPECT_TRUE(given["_meta"].contains("io.modelcontextprotocol/serverInfo"));
}

TEST_F(Modern, GivenAnEnvelopeWithSomethingMissing_WhenPosted_ThenItIsBadParameters) {
  for (
      const char* meta :
      {R"("io.modelcontextprotocol/clientCapabilities":{})",
       R"("io.modelcontextprotocol/protocolVersion":"2026-07-28")",
       R"("io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[])",
       R"("io.modelcontextprotocol/protocolVersion":7)"}) {
    const Reply reply =
        post(test::request("server/discover", std::string(R"({"_meta":{)") + meta + "}}", "101"),
             head("server/discover"));
    EXPECT_EQ(reply.status, 400) << meta;
    EXPECT_EQ(error_code(reply), -32602) << meta;
    EXPECT_EQ((*parse_json(*reply.message))["id"], 101);
  }
  EXPECT_EQ(error_code(post(test::request("server/discover"), head("server/discover"))), -32602);
}

TEST_F(Modern, GivenAVersionNotSpoken_WhenPosted_ThenWhatIsSpokenIsListed) {
  std::string asked = body("tools/list");
  asked.replace(asked.find("2026-07-28"), 10, "2099-01-01");
  Head sent = head("tools/list");
  sent.version = "2099-01-01";
  const Reply reply = post(asked, sent);
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(error_code(reply), -32022);
  const Json data = (*parse_json(*reply.message))["error"]["data"];
  EXPECT_EQ(data["requested"], "2099-01-01");
  EXPECT_EQ(data["supported"][0], "2026-07-28");
  EXPECT_EQ(error_code(post(asked, head("tools/list"))), -32020);
}

TEST_F(Modern, GivenAHeaderThatDiffers_WhenPosted_ThenNothingRuns) {
  const Reply reply = post(body("tools/call", R"("name":"echo",)"), head("tools/call", "count"));
  EXPECT_EQ(reply.status, 400);
  EXPECT_EQ(error_code(reply), -32020);
  EXPECT_EQ(error_code(post(body("tools/list"), Head{})), -32020);
}

TEST_F(Modern, GivenAMethodOfTheOtherEraOrNone_WhenCalled_ThenItIsNotFound) {
  for (const char* method :
       {"initialize", "ping", "logging/setLevel", "resources/subscribe", "unknown/method", "prompts/list"}) {
    const Reply reply = send(method);
    EXPECT_EQ(reply.status, 404) << method;
    EXPECT_EQ(error_code(reply), -32601) << method;
  }
}

TEST_F(Modern, GivenAnUnknownTool_WhenCalled_ThenItIsAnErrorInBand) {
  const Reply reply = send("tools/call", R"("name":"nope",)", "nope");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(error_code(reply), -32602);
}

TEST_F(Modern, GivenACancelByNotification_WhenOneCallAloneCanBeMeant_ThenItIsCancelled) {
  const Posted first = call("hang");
  const Posted second = call("hang");
  const Head sent{.version = "2026-07-28"};
  EXPECT_EQ(post(test::cancel("1"), sent).status, 202);
  post(test::cancel("1"), Head{});
  post(test::cancel("1"), sent, test::caller("acme", "b2"));
  EXPECT_EQ(running_calls(), 2U);
  second.channel->client_gone();
  EXPECT_FALSE(end(second).message);
  post(test::cancel("1"), sent);
  EXPECT_FALSE(end(first).message);
}

TEST_F(Modern, GivenACall_WhenItsClientGoes_ThenItStopsAndSaysNothingMore) {
  const Posted running = call("hang");
  EXPECT_EQ(running_calls(), 1U);
  running.channel->client_gone();
  EXPECT_FALSE(end(running).message);
  EXPECT_EQ(running_calls(), 0U);
  EXPECT_TRUE(messages.empty());
}

TEST_F(Modern, GivenASessionId_WhenSent_ThenItIsIgnored) {
  Head sent = head("tools/list");
  sent.session = "gone";
  const Reply reply = post(body("tools/list"), sent);
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.session.empty());
}

TEST_F(Modern, GivenNothingThatChanges_WhenListenedTo_ThenTheStreamSaysSoAndEnds) {
  const Posted posted = begin(body("subscriptions/listen", R"("notifications":{"toolsListChanged":true},)"),
                              head("subscriptions/listen"));
  const Reply reply = end(posted);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0]["method"], "notifications/subscriptions/acknowledged");
  EXPECT_EQ(messages[0]["params"]["notifications"], Json::object());
  EXPECT_THAT(*reply.message, HasSubstr("subscriptionId"));
}

TEST_F(Modern, GivenAListener_WhenSomethingItAskedForChanges_ThenItHearsThatAndNothingElse) {
  options.lists_change = true;
  const Posted posted = begin(body("subscriptions/listen", R"("notifications":{"toolsListChanged":true},)"),
                              head("subscriptions/listen"));
  server().changes().publish({.what = Changed::prompts});
  server().changes().publish({.what = Changed::tools});
  EXPECT_EQ(server().counts().listeners, 1U);
  server().end_streams();
  end(posted);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0]["params"]["notifications"], (Json{{"toolsListChanged", true}}));
  EXPECT_EQ(messages[1]["method"], "notifications/tools/list_changed");
  for (const Json& message : messages)
    EXPECT_EQ(message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], 1);
}

TEST_F(Modern, GivenTooManyListeners_WhenAnotherComes_ThenItIsToldToCloseOne) {
  options.lists_change = true;
  options.max_listeners_per_tenant = 1;
  const std::string asked = body("subscriptions/listen", R"("notifications":{"toolsListChanged":true},)");
  const Posted first = begin(asked, head("subscriptions/listen"));
  EXPECT_EQ(post(asked, head("subscriptions/listen")).status, 429);
  first.channel->client_gone();
  EXPECT_TRUE(begin(asked, head("subscriptions/listen")).channel);
}

TEST_F(Modern, GivenNoWishes_WhenListened_ThenTheParametersAreRefused) {
  EXPECT_EQ(error_code(send("subscriptions/listen")), -32602);
  EXPECT_EQ(error_code(send("subscriptions/listen", R"("notifications":7,)")), -32602);
  EXPECT_EQ(error_code(send("subscriptions/listen", R"("notifications":{"resourceSubscriptions":[7]},)")),
            -32602);
}

}  // namespace
}  // namespace cus::mcp
