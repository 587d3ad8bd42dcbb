// SPDX-License-Identifier: Apache-2.0
#include "mcp/running_calls.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace cus::mcp {
namespace {

struct RunningCallsTest : testing::Test {
  auto add(const std::string& tenant, const std::string& chat, Json id) {
    return calls->add(loop.get_executor(), scope(tenant, chat), std::move(id));
  }
  static CallScope scope(const std::string& tenant, const std::string& chat) {
    return {.tenant = TenantId(tenant), .chat = ChatId(chat)};
  }

  boost::asio::io_context loop{1};
  std::shared_ptr<RunningCalls> calls = std::make_shared<RunningCalls>(2);
};

TEST_F(RunningCallsTest, GivenTheCapOfATenant_WhenReached_ThenOnlyThatTenantIsRefused) {
  auto first = add("a", "x", 1);
  const auto second = add("a", "y", 1);
  EXPECT_EQ(add("a", "z", 1), nullptr);
  EXPECT_NE(add("b", "x", 1), nullptr);
  first.reset();
  EXPECT_NE(add("a", "z", 1), nullptr);
}

TEST_F(RunningCallsTest, GivenCallsWithTheSameId_WhenOneIsCancelled_ThenOnlyThoseOfItsTenantAndChatAre) {
  const auto mine = add("a", "x", 1);
  const auto other_chat = add("a", "y", 1);
  const auto other_tenant = add("b", "x", 1);
  EXPECT_EQ(calls->cancel(scope("a", "x"), 1), 1U);
  EXPECT_TRUE(mine->call().cancelled.is_set());
  EXPECT_EQ(mine->call().reason, CancelReason::client);
  EXPECT_FALSE(other_chat->call().cancelled.is_set());
  EXPECT_FALSE(other_tenant->call().cancelled.is_set());
}

TEST_F(RunningCallsTest, GivenAnIdOfAnotherType_WhenCancelled_ThenNothingHappens) {
  const auto call = add("a", "x", 1);
  EXPECT_EQ(calls->cancel(scope("a", "x"), "1"), 0U);
  EXPECT_EQ(calls->cancel(scope("a", "x"), 1.0), 0U);
  EXPECT_EQ(calls->cancel(scope("a", "x"), nullptr), 0U);
  EXPECT_FALSE(call->call().cancelled.is_set());
}

TEST_F(RunningCallsTest, GivenAShutdown_WhenAllAreCancelled_ThenAnEarlierReasonStays) {
  const auto first = add("a", "x", 1);
  const auto second = add("a", "x", 2);
  calls->cancel(scope("a", "x"), 1);
  calls->cancel_all();
  EXPECT_EQ(first->call().reason, CancelReason::client);
  EXPECT_EQ(second->call().reason, CancelReason::shutdown);
}

TEST_F(RunningCallsTest, GivenACallThatOutlivesTheServer_WhenItEnds_ThenItsListIsStillThere) {
  auto call = add("a", "x", 1);
  calls.reset();
  call.reset();
  SUCCEED();
}

}  // namespace
}  // namespace cus::mcp
