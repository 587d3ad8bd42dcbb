// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/api_version.hpp"

#include <gmock/gmock.h>

#include "engine/samples.hpp"

namespace cus::engine {
namespace {

ApiVersion v(std::string_view text) {
  return parse_api_version(text).value();
}

TEST(ApiVersion, GivenTwoNumbers_WhenParsed_ThenTheyCompareAsNumbers) {
  EXPECT_LT(v("1.9"), v("1.41"));
  EXPECT_EQ(to_string(v("1.45")), "1.45");
}

TEST(ApiVersion, GivenAnythingElse_WhenParsed_ThenItIsRefused) {
  for (const auto* text :
       {"", "1", "1.", ".41", "1.41.2", "1.x", "-1.41", "1.-1", "1. 41", "99999.1", "1.99999999999999"}) {
    const auto parsed = parse_api_version(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(test::code_of(parsed), Code::engine_refused);
  }
}

TEST(ApiVersion, GivenAnOldEngine_WhenChosen_ThenItsNewestIsSpoken) {
  EXPECT_EQ(choose_api_version(v("1.12"), v("1.41")).value(), v("1.41"));
}

TEST(ApiVersion, GivenANewerEngine_WhenChosen_ThenOurNewestIsSpoken) {
  EXPECT_EQ(choose_api_version(v("1.24"), v("1.52")).value(), v("1.45"));
}

TEST(ApiVersion, GivenAnEngineThatDroppedOldVersions_WhenChosen_ThenOneInBothRangesIsSpoken) {
  EXPECT_EQ(choose_api_version(v("1.44"), v("1.52")).value(), v("1.45"));
  EXPECT_EQ(choose_api_version(v("1.44"), v("1.44")).value(), v("1.44"));
}

TEST(ApiVersion, GivenRangesThatDoNotMeet_WhenChosen_ThenTheErrorSaysWhatToUpgrade) {
  const auto too_old = choose_api_version(v("1.12"), v("1.40"));
  ASSERT_FALSE(too_old);
  EXPECT_EQ(test::code_of(too_old), Code::unsupported);
  EXPECT_THAT(too_old.error().message, testing::HasSubstr("20.10"));
  const auto too_new = choose_api_version(v("1.46"), v("1.60"));
  ASSERT_FALSE(too_new);
  EXPECT_THAT(too_new.error().message, testing::HasSubstr("Upgrade this server"));
}

}  // namespace
}  // namespace cus::engine
