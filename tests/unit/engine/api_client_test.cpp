// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/api_client.hpp"

#include <gmock/gmock.h>

#include <set>

#include "cus/base/spawn.hpp"
#include "engine/samples.hpp"
#include "engine/stub_engine.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

using test::answer;
using test::Seen;
using testing::HasSubstr;

class ApiClientTest : public testing::Test {
 protected:
  ApiClient& api() {
    if (!client) client.emplace(loop.get_executor(), options);
    return *client;
  }
  Result<Answer> call(Call c) { return test::run_task(loop, api().call(std::move(c))); }
  Result<Answer> get_thing() { return call(get("/thing", options.deadlines.read)); }
  std::string last_target() { return stub.seen().back().target; }

  boost::asio::io_context loop;
  std::function<std::optional<test::Reply>(const Seen&)> on_thing = [](const Seen&) {
    return answer(200, "{}");
  };
  std::function<std::optional<test::Reply>(const Seen&)> on_other = [](const Seen&) { return std::nullopt; };
  test::StubEngine stub{loop, [this](const Seen& seen) {
                          return seen.target.contains("/thing") ? on_thing(seen) : on_other(seen);
                        }};
  DockerOptions options = stub.options();
  std::optional<ApiClient> client;
};

TEST_F(ApiClientTest, GivenAnOldEngine_WhenCalled_ThenItsVersionIsAskedOnceAndSpoken) {
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(last_target(), "/v1.41/thing");
  EXPECT_EQ(stub.count("GET", "/version"), 1U);
}

TEST_F(ApiClientTest, GivenAnEngineWithMinimum144_WhenCalled_ThenAVersionInItsRangeIsSpoken) {
  stub.become("1.44", "1.52", "Docker/29.0.0 (linux)");
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(last_target(), "/v1.45/thing");
}

TEST_F(ApiClientTest, GivenRangesThatDoNotMeet_WhenCalled_ThenTheErrorSaysSoAndNothingElseIsSent) {
  stub.become("1.46", "1.60", "Docker/40.0.0 (linux)");
  EXPECT_EQ(test::code_of(get_thing()), Code::unsupported);
  EXPECT_EQ(stub.count("GET", "/thing"), 0U);
}

TEST_F(ApiClientTest, GivenTheEngineWasReplaced_WhenItRefusesTheVersion_ThenTheCallIsSpokenAnew) {
  ASSERT_TRUE(get_thing());
  stub.become("1.44", "1.52", "Docker/29.0.0 (linux)");
  on_thing = [](const Seen& seen) {
    if (seen.target.starts_with("/v1.41/")) {
      return answer(400,
                    R"({"message":"client version 1.41 is too old. Minimum supported API version is 1.44"})");
    }
    return answer(201, "{}");
  };
  EXPECT_EQ(call(post("/thing", options.deadlines.create))->status, 201);
  EXPECT_EQ(last_target(), "/v1.45/thing");
}

TEST_F(ApiClientTest, GivenAnotherServerHeader_WhenCalledNext_ThenTheVersionIsAskedAgain) {
  const auto said_by = [](std::string server) {
    return [server](const Seen&) { return answer(200, "{}", "Server: " + server + "\r\n"); };
  };
  on_thing = said_by("Docker/20.10.24 (linux)");
  ASSERT_TRUE(get_thing());
  stub.become("1.24", "1.43", "Docker/24.0.0 (linux)");
  on_thing = said_by("Docker/24.0.0 (linux)");
  ASSERT_TRUE(get_thing());
  ASSERT_TRUE(get_thing());
  EXPECT_EQ(last_target(), "/v1.43/thing");
  EXPECT_EQ(stub.count("GET", "/version"), 2U);
}

TEST_F(ApiClientTest, GivenCallsOneAfterAnother_WhenCounted_ThenTheyShareOneConnection) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(get_thing());
  std::set<int> connections;
  for (const Seen& seen : stub.seen()) connections.insert(seen.connection);
  EXPECT_EQ(connections.size(), 1U);
}

TEST_F(ApiClientTest, GivenTheEngineClosedAnIdleConnection_WhenCalled_ThenAnotherIsUsed) {
  ASSERT_TRUE(get_thing());
  stub.close_idle_connections();
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(stub.seen().back().connection, 2);
}

TEST_F(ApiClientTest, GivenAKeptConnectionThatDiesUnderACall_WhenItMayBeRepeated_ThenItIsSentOnceMore) {
  ASSERT_TRUE(get_thing());
  on_thing = [](const Seen& seen) { return seen.connection == 1 ? test::hang_up() : answer(200, "{}"); };
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(stub.count("GET", "/thing"), 3U);
}

TEST_F(ApiClientTest, GivenAFreshConnectionThatDies_WhenCalled_ThenThereIsNoRepeat) {
  ASSERT_TRUE(get_thing());
  on_thing = [](const Seen&) { return test::hang_up(); };
  EXPECT_EQ(test::code_of(get_thing()), Code::engine_unavailable);
  EXPECT_EQ(stub.count("GET", "/thing"), 3U);
}

TEST_F(ApiClientTest,
       GivenACallThatMustNotBeRepeated_WhenItsConnectionDies_ThenItWasSentOnceOnAConnectionOfItsOwn) {
  ASSERT_TRUE(get_thing());
  on_thing = [](const Seen&) { return test::hang_up(); };
  Call create = post("/thing", options.deadlines.create, "{}");
  create.reuse = Reuse::never;
  EXPECT_EQ(test::code_of(call(create)), Code::engine_unavailable);
  EXPECT_EQ(stub.count("POST", "/thing"), 1U);
  EXPECT_EQ(stub.seen().back().connection, 2);
}

TEST_F(ApiClientTest, GivenAnAnswerThatEndsTheConnection_WhenCalledAgain_ThenAnotherIsUsed) {
  on_thing = [](const Seen&) {
    test::Reply reply = answer(200, "{}", "Connection: close\r\n");
    reply.then = test::Reply::Then::close;
    return reply;
  };
  ASSERT_TRUE(get_thing());
  ASSERT_TRUE(get_thing());
}

TEST_F(ApiClientTest, GivenFailuresInARow_WhenCalledAgain_ThenItFailsAtOnceWithoutAsking) {
  options.breaker = {
      .failures = 3, .first_pause = std::chrono::hours(1), .longest_pause = std::chrono::hours(1)};
  on_thing = [](const Seen&) { return test::hang_up("garbage\r\n\r\n"); };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test::code_of(get_thing()), Code::engine_unavailable);
  const std::size_t asked = stub.seen().size();
  EXPECT_EQ(test::code_of(get_thing()), Code::engine_unavailable);
  EXPECT_EQ(test::code_of(test::run_task(loop, api().ping())), Code::engine_unavailable);
  EXPECT_EQ(test::code_of(test::run_task(loop, api().info())), Code::engine_unavailable);
  EXPECT_EQ(stub.seen().size(), asked);
}

TEST_F(ApiClientTest, GivenTheEngineIsBack_WhenThePauseIsOver_ThenOnePingHealsAndCallsGoThrough) {
  options.breaker = {.failures = 3,
                     .first_pause = std::chrono::milliseconds(0),
                     .longest_pause = std::chrono::milliseconds(0)};
  on_thing = [](const Seen&) { return test::hang_up(); };
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(get_thing());
  on_thing = [](const Seen&) { return answer(200, "{}"); };
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(stub.count("GET", "/_ping"), 1U);
  EXPECT_EQ(get_thing()->status, 200);
  EXPECT_EQ(stub.count("GET", "/_ping"), 1U);
}

TEST_F(ApiClientTest, GivenNobodyListens_WhenCalled_ThenItIsATypedErrorAtOnce) {
  options.socket_path += ".gone";
  EXPECT_EQ(test::code_of(get_thing()), Code::engine_unavailable);
}

// Case I04: a stopped engine accepts connections and never answers; a long call must not wait for its whole
// time.
TEST_F(ApiClientTest,
       GivenAnEngineThatStopsInALongCall_WhenItsPingsFail_ThenTheCallEndsLongBeforeItsDeadline) {
  ASSERT_TRUE(get_thing());
  on_thing = [](const Seen&) { return test::silence(); };
  on_other = [](const Seen&) { return test::silence(); };
  EXPECT_EQ(test::code_of(call(post("/thing", std::chrono::hours(1)))), Code::engine_unavailable);
  EXPECT_EQ(stub.count("GET", "/_ping"), 2U);
}

TEST_F(ApiClientTest, GivenAnEngineThatIsOnlySlow_WhenALongCallTimesOut_ThenTheBreakerStaysClosed) {
  options.breaker = {
      .failures = 1, .first_pause = std::chrono::hours(1), .longest_pause = std::chrono::hours(1)};
  on_thing = [](const Seen& seen) { return seen.method == "POST" ? test::silence() : answer(200, "{}"); };
  EXPECT_EQ(test::code_of(call(post("/thing", std::chrono::milliseconds(200)))), Code::engine_unavailable);
  EXPECT_GE(stub.count("GET", "/_ping"), 1U);
  EXPECT_EQ(get_thing()->status, 200);
}

Task<> count_done(ApiClient& api, Call call, int& done) {
  const auto answered = co_await api.call(std::move(call));
  if (answered) ++done;
}

TEST_F(ApiClientTest, GivenABoundOnCalls_WhenMoreCome_ThenNeverMoreConnectionsThanThatAreOpen) {
  options.max_calls = 3;
  int done = 0;
  for (int i = 0; i < 20; ++i) {
    spawn(loop.get_executor(), "call", count_done(api(), get("/thing", std::chrono::seconds(10)), done));
  }
  while (done < 20 && loop.run_one() > 0) continue;
  EXPECT_EQ(done, 20);
  int most = 0;
  for (const Seen& seen : stub.seen()) most = std::max(most, seen.connection);
  EXPECT_LE(most, 3);
}

TEST_F(ApiClientTest, GivenTheTextOfAPost_WhenSent_ThenItsLengthAndTypeAreSaidAndAnEmptyOneToo) {
  ASSERT_TRUE(call(post("/thing", options.deadlines.start)));
  EXPECT_EQ(stub.seen().back().body, "");
  ASSERT_TRUE(call(post("/thing", options.deadlines.start, R"({"a":1})")));
  EXPECT_EQ(stub.seen().back().body, R"({"a":1})");
}

}  // namespace
}  // namespace cus::engine
