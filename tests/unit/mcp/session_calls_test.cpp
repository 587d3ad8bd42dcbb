// SPDX-License-Identifier: Apache-2.0
// What sessions change for the requests of the revisions up to 2025-11-25.
#include <gmock/gmock.h>

#include "fixture.hpp"

namespace cus::mcp {
namespace {

using test::call;
using test::request;

struct SessionCalls : test::ServerTest {
  std::string start(std::string_view version = "2025-11-25", tools::Caller who = test::caller()) {
    const Reply reply = post(request("initialize", R"({"protocolVersion":")" + std::string(version) + "\"}"),
                             Head{}, std::move(who));
    EXPECT_EQ(reply.status, 200);
    return reply.session;
  }
  static Head in(const std::string& session) { return {.session = session}; }
};

TEST_F(SessionCalls, GivenASession_WhenItsIdComes_ThenItIsServedAndAfterItsEndUnknown) {
  const std::string id = start();
  EXPECT_EQ(post(request("ping"), in(id)).status, 200);
  EXPECT_EQ(server().end_session(in(id), test::caller()).status, 204);
  const Reply reply = post(request("ping"), in(id));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(error_code(reply), -32600);
}

TEST_F(SessionCalls, GivenAForeignOrInventedId_WhenUsed_ThenItIsUnknownEverywhere) {
  const std::string id = start();
  const tools::Caller foreign = test::caller("other");
  const Reply invented = post(request("ping"), in(std::string(32, 'f')));
  const Reply used = post(request("ping"), in(id), foreign);
  EXPECT_EQ(used.status, 404);
  EXPECT_EQ(used.message, invented.message);
  EXPECT_EQ(server().end_session(in(id), foreign).status, 404);
  EXPECT_EQ(server().open_stream(in(id), foreign, "").refusal.status, 404);
  EXPECT_EQ(post(request("ping"), in(id)).status, 200);
}

TEST_F(SessionCalls, GivenTwoSessionsOfOneChat_WhenOneCancels_ThenTheOthersCallGoesOn) {
  const std::string first = start();
  const std::string second = start();
  const Posted running = begin(call("hang", "", "1"), in(first));
  post(test::cancel("1"), in(second));
  post(test::cancel("1"), Head{});
  EXPECT_EQ(running_calls(), 1U);
  post(test::cancel("1"), in(first));
  EXPECT_FALSE(end(running).message);
}

TEST_F(SessionCalls, GivenACallThatRuns_WhenItsSessionIsEnded_ThenItIsCancelled) {
  const std::string id = start();
  const Posted running = begin(call("hang"), in(id));
  server().end_session(in(id), test::caller());
  EXPECT_FALSE(end(running).message);
}

TEST_F(SessionCalls, GivenTheNewestLegacyVersion_WhenCalled_ThenTheStreamCanBeResumedAndInOlderOnesNot) {
  EXPECT_TRUE(begin(call("echo"), in(start())).channel->can_resume());
  EXPECT_FALSE(begin(call("echo"), in(start("2025-06-18"))).channel->can_resume());
  EXPECT_FALSE(begin(call("echo"), Head{}).channel->can_resume());
}

TEST_F(SessionCalls, GivenAClientThatWentAway_WhenItComesBack_ThenTheResultIsThere) {
  const std::string id = start();
  const Posted posted = begin(call("count", R"(,"_meta":{"progressToken":1})"), in(id));
  posted.channel->client_gone();
  end(posted);
  const Opened again = server().open_stream(in(id), test::caller(), posted.channel->id_of(2));
  ASSERT_TRUE(again.channel);
  EXPECT_EQ(again.seen, 2U);
  EXPECT_EQ(again.channel->next(2)->number, 3U);
  EXPECT_THAT(again.channel->next(3)->text, testing::HasSubstr("counted"));
}

TEST_F(SessionCalls, GivenAnEventIdOfAnotherStream_WhenResumed_ThenThereIsNothing) {
  const std::string first = start();
  const std::string second = start();
  end(begin(call("echo"), in(first)));
  for (const char* event : {"1-0", "9-0", "1", "1-", "-1", "x-y", "1-99999999999999999999999"})
    EXPECT_EQ(server().open_stream(in(second), test::caller(), event).refusal.status, 404) << event;
}

TEST_F(SessionCalls, GivenAnOpenStream_WhenSomethingChanges_ThenItHearsOfIt) {
  const std::string id = start();
  const Opened stream = server().open_stream(in(id), test::caller(), "");
  ASSERT_TRUE(stream.channel);
  server().changes().publish({.what = Changed::tools});
  EXPECT_THAT(stream.channel->next(0)->text, testing::HasSubstr("notifications/tools/list_changed"));
  server().changes().publish({.what = Changed::resources, .owner = ChatKey{TenantId("acme"), ChatId("b2")}});
  EXPECT_FALSE(stream.channel->next(1));
  server().end_streams();
  EXPECT_TRUE(stream.channel->ended());
  EXPECT_EQ(server().open_stream(in(id), test::caller(), "").refusal.status, 503);
}

TEST_F(SessionCalls, GivenManyStreams_WhenAnotherIsOpened_ThenItIsRefusedUntilOneEnds) {
  const std::string id = start();
  std::vector<Opened> streams;
  for (int i = 0; i < 4; ++i) streams.push_back(server().open_stream(in(id), test::caller(), ""));
  EXPECT_EQ(server().open_stream(in(id), test::caller(), "").refusal.status, 429);
  streams.back().channel->client_gone();
  EXPECT_TRUE(server().open_stream(in(id), test::caller(), "").channel);
}

TEST_F(SessionCalls, GivenABatchInASession_WhenItCallsTools_ThenEachIsAnswered) {
  const std::string id = start("2025-03-26");
  const Reply reply = post("[" + call("echo", "", "1") + "," + call("throw", "", "2") + "]",
                           Head{.version = "2025-03-26", .session = id});
  const Json answers = *parse_json(*reply.message);
  EXPECT_TRUE(answers[0].contains("result"));
  EXPECT_EQ(answers[1]["error"]["code"], -32603);
}

}  // namespace
}  // namespace cus::mcp
