// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/read_plan.hpp"

#include <gtest/gtest.h>

namespace cus::guest_agent {
namespace {

void expect_range(ReadPlan::Range range, std::uint64_t from, std::uint64_t to) {
  EXPECT_EQ(range.from, from);
  EXPECT_EQ(range.to, to);
}

TEST(ReadPlanTest, GivenNoWishes_WhenOutputGrows_ThenAllOfItIsSentFromTheOffsetOn) {
  ReadPlan plan({.offset = 10, .head = {}, .tail = {}});
  EXPECT_TRUE(plan.next(5, false).empty());
  expect_range(plan.next(30, false), 10, 30);
  plan.advance(30);
  EXPECT_FALSE(plan.skipping(99));
  expect_range(plan.next(99, true), 30, 99);
}

TEST(ReadPlanTest, GivenAHeadAndATail_WhenOutputIsLong_ThenTheMiddleIsSkipped) {
  ReadPlan plan({.offset = 0, .head = 10, .tail = 5});
  expect_range(plan.next(100, false), 0, 10);
  plan.advance(10);
  EXPECT_TRUE(plan.next(100, false).empty());
  EXPECT_TRUE(plan.skipping(100));
  expect_range(plan.next(100, true), 95, 100);
  plan.advance(100);
  EXPECT_TRUE(plan.next(100, true).empty());
}

TEST(ReadPlanTest, GivenAHeadAndATailThatMeet_WhenTheJobEnds_ThenNoByteIsSentTwice) {
  ReadPlan plan({.offset = 0, .head = 10, .tail = 50});
  expect_range(plan.next(12, false), 0, 10);
  plan.advance(10);
  expect_range(plan.next(12, true), 10, 12);
}

TEST(ReadPlanTest, GivenOutputShorterThanTheHead_WhenTheJobEnds_ThenNothingIsLeft) {
  ReadPlan plan({.offset = 0, .head = 10, .tail = 50});
  expect_range(plan.next(4, true), 0, 4);
  plan.advance(4);
  EXPECT_TRUE(plan.next(4, true).empty());
  EXPECT_FALSE(plan.skipping(4));
}

TEST(ReadPlanTest, GivenOnlyATail_WhenTheJobEnds_ThenOnlyTheLastBytesAreSent) {
  ReadPlan plan({.offset = 0, .head = {}, .tail = 3});
  EXPECT_TRUE(plan.next(100, false).empty());
  expect_range(plan.next(100, true), 97, 100);
}

TEST(ReadPlanTest, GivenAHeadAtAnOffset_WhenOutputGrows_ThenItCountsFromTheOffset) {
  ReadPlan plan({.offset = 50, .head = 10, .tail = 0});
  expect_range(plan.next(100, false), 50, 60);
  plan.advance(60);
  EXPECT_TRUE(plan.next(100, true).empty());
}

TEST(ReadPlanTest, GivenAnOffsetBeyondTheEnd_WhenTheJobHasEnded_ThenNothingIsSent) {
  ReadPlan plan({.offset = ~0ULL, .head = ~0ULL, .tail = ~0ULL});
  EXPECT_TRUE(plan.next(100, false).empty());
  EXPECT_TRUE(plan.next(100, true).empty());
}

}  // namespace
}  // namespace cus::guest_agent
