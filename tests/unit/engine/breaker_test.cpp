// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/breaker.hpp"

#include <gtest/gtest.h>

namespace cus::engine {
namespace {

using std::chrono::milliseconds;
using Admission = Breaker::Admission;

class BreakerTest : public testing::Test {
 protected:
  void fail_times(int times) {
    for (int i = 0; i < times; ++i) breaker.failed(now);
  }
  Breaker breaker{{.failures = 3, .first_pause = milliseconds(100), .longest_pause = milliseconds(300)},
                  milliseconds(50)};
  Clock::time_point now;
};

TEST_F(BreakerTest, GivenFewerFailuresThanTheLimit_WhenAsked_ThenCallsPass) {
  fail_times(2);
  EXPECT_EQ(breaker.admit(now), Admission::pass);
}

TEST_F(BreakerTest, GivenASuccessBetweenFailures_WhenAsked_ThenTheyAreNotInARow) {
  fail_times(2);
  breaker.succeeded();
  fail_times(2);
  EXPECT_EQ(breaker.admit(now), Admission::pass);
}

TEST_F(BreakerTest, GivenThreeFailures_WhenAskedDuringThePause_ThenCallsAreRefused) {
  fail_times(3);
  EXPECT_EQ(breaker.admit(now + milliseconds(99)), Admission::refuse);
}

TEST_F(BreakerTest, GivenThePauseIsOver_WhenManyAsk_ThenOneProbes) {
  fail_times(3);
  now += milliseconds(100);
  EXPECT_EQ(breaker.admit(now), Admission::probe);
  EXPECT_EQ(breaker.admit(now), Admission::refuse);
}

TEST_F(BreakerTest, GivenTheProbeSucceeds_WhenAsked_ThenCallsPass) {
  fail_times(3);
  now += milliseconds(100);
  breaker.admit(now);
  breaker.succeeded();
  EXPECT_EQ(breaker.admit(now), Admission::pass);
}

TEST_F(BreakerTest, GivenProbesThatFail_WhenAsked_ThenThePauseDoublesUpToItsLimit) {
  fail_times(3);
  for (const auto pause : {100, 200, 300, 300}) {
    EXPECT_EQ(breaker.admit(now + milliseconds(pause - 1)), Admission::refuse) << pause;
    now += milliseconds(pause);
    EXPECT_EQ(breaker.admit(now), Admission::probe) << pause;
    breaker.failed(now);
  }
}

TEST_F(BreakerTest, GivenCallsThatBeganBefore_WhenTheyFailLate_ThenThePauseIsNotProlonged) {
  fail_times(3);
  now += milliseconds(90);
  fail_times(20);
  EXPECT_EQ(breaker.admit(now + milliseconds(10)), Admission::probe);
}

TEST_F(BreakerTest, GivenAProbeThatIsNeverHeardOf_WhenItsTimeIsOver_ThenAnotherProbes) {
  fail_times(3);
  now += milliseconds(100);
  EXPECT_EQ(breaker.admit(now), Admission::probe);
  EXPECT_EQ(breaker.admit(now + milliseconds(49)), Admission::refuse);
  EXPECT_EQ(breaker.admit(now + milliseconds(50)), Admission::probe);
}

}  // namespace
}  // namespace cus::engine
