// SPDX-License-Identifier: Apache-2.0
#include "cus/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cus::utf8 {
namespace {

// One, two, three and four bytes, at the edges of their ranges.
const std::string sample =
    "a\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBD\xF0\x90\x80\x80\xF4\x8F\xBF\xBFz";

TEST(Utf8, GivenWellFormedText_WhenChecked_ThenItIsValidAndUnchangedBySanitizing) {
  EXPECT_TRUE(valid(sample));
  EXPECT_TRUE(valid(""));
  EXPECT_TRUE(valid(std::string("\0", 1)));
  EXPECT_EQ(sanitize(sample), sample);
  EXPECT_EQ(length(sample), 11U);
}

class IllFormed : public ::testing::TestWithParam<const char*> {};

TEST_P(IllFormed, GivenIllFormedBytes_WhenSanitized_ThenTheyAreReplacedAndWhatIsAroundRemains) {
  const std::string text = std::string("<") + GetParam() + ">";
  EXPECT_FALSE(valid(text));
  const std::string clean = sanitize(text);
  EXPECT_TRUE(valid(clean));
  EXPECT_TRUE(clean.starts_with("<\xEF\xBF\xBD"));
  EXPECT_TRUE(clean.ends_with(">"));
}
INSTANTIATE_TEST_SUITE_P(Table, IllFormed,
                         ::testing::Values("\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80",
                                           "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xE2\x82",
                                           "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                                           "\xF5\x80\x80\x80", "\xF0\x9F\x98", "\xFE", "\xFF", "\xC3\x28",
                                           "\xE2\x28\xA1"));

TEST(Utf8, GivenText_WhenCutAtEveryPlace_ThenBothPartsAreWholeCharactersAndAsLongAsTheyMayBe) {
  for (std::size_t limit = 0; limit <= sample.size() + 1; ++limit) {
    const std::string_view front = prefix(sample, limit);
    const std::string_view back = suffix(sample, limit);
    EXPECT_TRUE(valid(front)) << limit;
    EXPECT_TRUE(valid(back)) << limit;
    EXPECT_TRUE(sample.starts_with(front)) << limit;
    EXPECT_TRUE(sample.ends_with(back)) << limit;
    EXPECT_LE(front.size(), limit);
    EXPECT_LE(back.size(), limit);
    const std::size_t least = std::min(limit, sample.size());
    EXPECT_GE(front.size() + 3, least);
    EXPECT_GE(back.size() + 3, least);
  }
}

TEST(Utf8, GivenBytesThatAreNotText_WhenCut_ThenTheCutStaysNearTheLimit) {
  const std::string binary(100, '\x80');
  EXPECT_EQ(prefix(binary, 50).size(), 50U);
  EXPECT_EQ(suffix(binary, 50).size(), 47U);
  EXPECT_EQ(prefix(binary, 0).size(), 0U);
  EXPECT_EQ(suffix(binary, 0).size(), 0U);
}

TEST(Utf8, GivenACutCharacter_WhenSanitized_ThenEachOfItsBytesIsOneReplacement) {
  EXPECT_EQ(sanitize("\xF0\x9F\x98"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

}  // namespace
}  // namespace cus::utf8
