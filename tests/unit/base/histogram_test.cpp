// SPDX-License-Identifier: Apache-2.0
#include "cus/base/histogram.hpp"

#include <gmock/gmock.h>

#include <array>

namespace cus {
namespace {

using testing::ElementsAre;

constexpr std::array<double, 3> bounds = {1, 2, 4};

TEST(Histogram, GivenValues_WhenObserved_ThenEachIsInTheFirstBucketThatHoldsIt) {
  Histogram histogram(bounds);
  EXPECT_THAT(histogram.counts(), ElementsAre(0, 0, 0, 0));
  for (const double value : {0.0, 1.0, 1.5, 2.0, 4.0, 4.5, 100.0}) histogram.observe(value);
  EXPECT_THAT(histogram.counts(), ElementsAre(2, 2, 1, 2));
  EXPECT_EQ(histogram.count(), 7U);
  EXPECT_DOUBLE_EQ(histogram.sum(), 113.0);
}

}  // namespace
}  // namespace cus
