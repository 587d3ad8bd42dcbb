// SPDX-License-Identifier: Apache-2.0
#include "web/body_rate.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

using namespace std::chrono_literals;

TEST(BodyRate, GivenATrickle_WhenAWindowBringsTooLittle_ThenTheDeadlineStays) {
  const Clock::time_point start{1h};
  BodyRate rate(10s, 10'240, start);
  for (int second = 1; second < 10; ++second) rate.arrived(1000, start + std::chrono::seconds(second));
  EXPECT_EQ(rate.deadline(), start + 10s);
}

TEST(BodyRate, GivenEnoughBytes_WhenTheyArrived_ThenANewWindowBegins) {
  const Clock::time_point start{1h};
  BodyRate rate(10s, 10'240, start);
  rate.arrived(10'000, start + 1s);
  rate.arrived(240, start + 9s);
  EXPECT_EQ(rate.deadline(), start + 19s);
  rate.arrived(10'239, start + 12s);
  EXPECT_EQ(rate.deadline(), start + 19s) << "what came before does not count again";
}

}  // namespace
}  // namespace cus::web
