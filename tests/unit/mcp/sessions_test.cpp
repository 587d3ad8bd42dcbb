// SPDX-License-Identifier: Apache-2.0
#include "mcp/sessions.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <set>

namespace cus::mcp {
namespace {

using namespace std::chrono_literals;

struct SessionsTest : testing::Test {
  SessionPtr create(const std::string& tenant = "acme") {
    return sessions.create(TenantId(tenant), "2025-11-25", now);
  }
  SessionPtr find(const SessionPtr& session, const std::string& tenant = "acme") {
    return sessions.find(session->id, TenantId(tenant), now);
  }
  boost::asio::io_context loop{1};
  Sessions sessions{{.per_tenant = 3, .idle = 60s, .kept_bytes = 1000}};
  Clock::time_point now = Clock::now();
};

TEST_F(SessionsTest, GivenManySessions_WhenMade_ThenNoIdComesTwiceAndNoneIsShort) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(create()->id);
  EXPECT_EQ(ids.size(), 10'000U);
  EXPECT_EQ(ids.begin()->size(), 32U);
}

TEST_F(SessionsTest, GivenAnotherTenant_WhenItComesWithTheId_ThenItFindsNothingAndEndsNothing) {
  const SessionPtr session = create();
  EXPECT_EQ(find(session, "other"), nullptr);
  EXPECT_FALSE(sessions.end(session->id, TenantId("other"), now));
  EXPECT_EQ(find(session), session);
}

TEST_F(SessionsTest, GivenAnEndedSession_WhenItComesAgain_ThenItIsUnknown) {
  const SessionPtr session = create();
  EXPECT_TRUE(sessions.end(session->id, TenantId("acme"), now));
  EXPECT_EQ(find(session), nullptr);
  EXPECT_FALSE(sessions.end(session->id, TenantId("acme"), now));
}

TEST_F(SessionsTest, GivenTheCap_WhenAnotherIsMade_ThenTheOneUnusedLongestGoesAndOtherTenantsKeepTheirs) {
  const SessionPtr foreign = create("other");
  const SessionPtr first = create();
  const SessionPtr second = create();
  create();
  EXPECT_EQ(find(first), first);
  create();
  EXPECT_EQ(find(second), nullptr);
  EXPECT_EQ(find(first), first);
  EXPECT_EQ(find(foreign, "other"), foreign);
  EXPECT_EQ(sessions.size(), 4U);
}

TEST_F(SessionsTest, GivenASessionIdleTooLong_WhenItComesAgain_ThenItIsUnknown) {
  const SessionPtr session = create();
  now += 59s;
  EXPECT_EQ(find(session), session);
  now += 61s;
  EXPECT_EQ(find(session), nullptr);
  EXPECT_EQ(sessions.size(), 0U);
}

TEST_F(SessionsTest, GivenACallThatRuns_WhenItsSessionIsIdle_ThenTheSessionStays) {
  const SessionPtr session = create();
  const ChannelPtr stream = sessions.add_stream(*session, loop.get_executor());
  now += 61s;
  EXPECT_EQ(find(session), session);
  stream->end();
  now += 61s;
  EXPECT_EQ(find(session), nullptr);
}

TEST_F(SessionsTest, GivenManyStreams_WhenAdded_ThenEndedOnesAreForgottenFirstAndRunningOnesNever) {
  const SessionPtr session = create();
  const ChannelPtr running = sessions.add_stream(*session, loop.get_executor());
  for (int i = 0; i < 20; ++i) sessions.add_stream(*session, loop.get_executor())->end();
  EXPECT_EQ(session->find_stream(running->name()), running);
  EXPECT_EQ(session->find_stream("2"), nullptr);
  EXPECT_NE(session->find_stream("21"), nullptr);
  EXPECT_EQ(session->kept.size(), 8U);
}

TEST_F(SessionsTest, GivenManyResults_WhenTheyHoldTooMuch_ThenTheOldestCannotBeResumedAnyMore) {
  const SessionPtr first = create();
  const SessionPtr second = create();
  for (const SessionPtr& session : {first, second})
    sessions.add_stream(*session, loop.get_executor())->finish({.message = std::string(600, 'x')});
  sessions.add_stream(*second, loop.get_executor());
  EXPECT_EQ(first->find_stream("1"), nullptr);
  EXPECT_EQ(second->find_stream("1")->bytes(), 600U);
}

TEST_F(SessionsTest, GivenAForgottenSession_WhenAStreamOfItWasOpen_ThenTheStreamEnds) {
  const SessionPtr session = create();
  const auto stream = std::make_shared<Channel>(loop.get_executor());
  session->open.push_back(stream);
  sessions.end(session->id, TenantId("acme"), now);
  EXPECT_TRUE(stream->ended());
}

}  // namespace
}  // namespace cus::mcp
