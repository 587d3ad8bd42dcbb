// SPDX-License-Identifier: Apache-2.0
#include "web/frame_budget.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

using namespace std::chrono_literals;

constexpr Clock::time_point begin{};

TEST(FrameBudget, GivenControlFrames_WhenTheyComeAtOnce_ThenOneSecondsWorthIsAllowed) {
  FrameBudget budget(100, begin);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(budget.take_control_frame(0, begin)) << i;
  EXPECT_FALSE(budget.take_control_frame(0, begin));
}

TEST(FrameBudget, GivenControlFrames_WhenTheyKeepToTheRate_ThenTheyMayGoOnForever) {
  FrameBudget budget(100, begin);
  for (int i = 0; i < 100'000; ++i) ASSERT_TRUE(budget.take_control_frame(0, begin + i * 10ms)) << i;
}

TEST(FrameBudget, GivenALongRest_WhenControlFramesComeAgain_ThenItDoesNotAddUp) {
  FrameBudget budget(10, begin);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(budget.take_control_frame(0, begin + 1h));
  EXPECT_FALSE(budget.take_control_frame(0, begin + 1h));
}

TEST(FrameBudget, GivenMessagesAndPings_WhenTheirBytesAreCounted_ThenNoneIsForNothing) {
  FrameBudget budget(100, begin);
  for (int i = 0; i < 100'000; ++i) {
    budget.received(1 + 6);
    budget.delivered(1);
    budget.received(125 + 6);
    budget.take_control_frame(125, begin + i * 10ms);
    ASSERT_FALSE(budget.is_exceeded()) << i;
  }
}

TEST(FrameBudget, GivenALargeRead_WhenItIsNotDeliveredYet_ThenThatIsWithinTheBudget) {
  FrameBudget budget(100, begin);
  for (int i = 0; i < 1'000; ++i) {
    budget.received(65'536 + 1'536);
    ASSERT_FALSE(budget.is_exceeded());
    budget.delivered(65'536 + 1'536);
  }
}

TEST(FrameBudget, GivenEmptyFragments_WhenNothingElseComes_ThenTheBudgetEnds) {
  FrameBudget budget(100, begin);
  int frames = 0;
  while (!budget.is_exceeded() && frames < 1'000'000) {
    budget.received(6);
    ++frames;
  }
  EXPECT_LT(frames, 50'000);
}

}  // namespace
}  // namespace cus::web
