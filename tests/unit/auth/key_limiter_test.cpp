// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/key_limiter.hpp"

#include <gtest/gtest.h>

namespace cus::auth {
namespace {

using namespace std::chrono_literals;

const TenantId alice("alice");
const TenantId bob("bob");

class KeyLimiterTest : public testing::Test {
 protected:
  auto wrong(std::string_view source) { return limiter.judge(source, std::nullopt, now); }
  auto right(std::string_view source, const TenantId& tenant) { return limiter.judge(source, tenant, now); }
  void exhaust(std::string_view source) {
    while (!wrong(source)) {
    }
  }

  KeyLimiter limiter;
  Clock::time_point now{1h};
};

TEST_F(KeyLimiterTest, GivenWrongKeys_WhenTheBudgetIsSpent_ThenTheSourceMustWait) {
  int allowed = 0;
  while (!wrong("192.0.2.1")) ++allowed;
  EXPECT_EQ(allowed, 10);
  EXPECT_EQ(wrong("192.0.2.1"), 6s);
}

TEST_F(KeyLimiterTest, GivenASourceThatWaits_WhenTheTimeIsOver_ThenItMayTryAgainOnce) {
  exhaust("192.0.2.1");
  now += 5s;
  EXPECT_EQ(wrong("192.0.2.1"), 1s);
  now += 1s;
  EXPECT_FALSE(wrong("192.0.2.1"));
  EXPECT_TRUE(wrong("192.0.2.1"));
}

TEST_F(KeyLimiterTest, GivenAQuietDay_WhenWrongKeysComeAgain_ThenTheBudgetIsFullAndNoMore) {
  exhaust("192.0.2.1");
  now += 24h;
  int allowed = 0;
  while (!wrong("192.0.2.1")) ++allowed;
  EXPECT_EQ(allowed, 10);
}

TEST_F(KeyLimiterTest, GivenAGuesser_WhenItFindsTheKeyAfterItsBudget_ThenThatIsNotTold) {
  exhaust("192.0.2.1");
  EXPECT_TRUE(right("192.0.2.1", alice));
}

TEST_F(KeyLimiterTest, GivenAGuesser_WhenOthersCallFromElsewhere_ThenTheyAreNotTouched) {
  exhaust("192.0.2.1");
  EXPECT_FALSE(right("192.0.2.2", alice));
  EXPECT_FALSE(wrong("192.0.2.2"));
}

TEST_F(KeyLimiterTest, GivenATenantBehindASharedProxy_WhenAnotherClientThereGuesses_ThenTheTenantGoesOn) {
  EXPECT_FALSE(right("192.0.2.1", alice));
  exhaust("192.0.2.1");
  EXPECT_FALSE(right("192.0.2.1", alice));
  EXPECT_TRUE(right("192.0.2.1", bob));
}

TEST_F(KeyLimiterTest, GivenRightKeysOnly_WhenThereAreMany_ThenNobodyWaits) {
  for (int i = 0; i < 1000; ++i) ASSERT_FALSE(right("192.0.2.1", alice));
}

TEST(KeyLimiter, GivenMoreSourcesThanPlaces_WhenTheyCome_ThenTheQuietestIsForgotten) {
  KeyLimiter limiter({.wrong_keys = 1, .refill_one = 60s, .sources = 100});
  const Clock::time_point now{1h};
  EXPECT_FALSE(limiter.judge("busy", std::nullopt, now));
  EXPECT_FALSE(limiter.judge("quiet", std::nullopt, now));
  for (int i = 0; i < 98; ++i) limiter.judge("filler" + std::to_string(i), std::nullopt, now);
  EXPECT_TRUE(limiter.judge("busy", std::nullopt, now));
  limiter.judge("one more", std::nullopt, now);
  EXPECT_EQ(limiter.sources(), 100U);
  EXPECT_TRUE(limiter.judge("busy", std::nullopt, now));
  EXPECT_FALSE(limiter.judge("quiet", std::nullopt, now)) << "it was forgotten";
}

TEST(KeyLimiter, GivenAHundredThousandSources_WhenTheyGuess_ThenMemoryStaysBounded) {
  KeyLimiter limiter;
  for (int i = 0; i < 100'000; ++i) {
    limiter.judge("10.0." + std::to_string(i / 256) + "." + std::to_string(i % 256), std::nullopt,
                  Clock::time_point{1h});
  }
  EXPECT_EQ(limiter.sources(), 65'536U);
}

TEST(KeyLimiter, GivenManyTenantsOfOneSource_WhenRemembered_ThenTheirNumberIsBounded) {
  KeyLimiter limiter({.wrong_keys = 1, .refill_one = 60s, .tenants_per_source = 2});
  const Clock::time_point now{1h};
  for (const char* name : {"a", "b", "c"}) EXPECT_FALSE(limiter.judge("proxy", TenantId(name), now));
  EXPECT_FALSE(limiter.judge("proxy", std::nullopt, now));
  EXPECT_FALSE(limiter.judge("proxy", TenantId("b"), now));
  EXPECT_TRUE(limiter.judge("proxy", TenantId("c"), now));
}

TEST(SourceOf, GivenAnAddress_WhenCounted_ThenIpv6CountsByItsNetwork) {
  EXPECT_EQ(source_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(source_of("::ffff:192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(source_of("2001:db8:1:2:aaaa::1"), "2001:db8:1:2::/64");
  EXPECT_EQ(source_of("2001:db8:1:2:bbbb::9"), source_of("2001:db8:1:2::"));
  EXPECT_NE(source_of("2001:db8:1:3::1"), source_of("2001:db8:1:2::1"));
  EXPECT_EQ(source_of("no address"), "no address");
}

}  // namespace
}  // namespace cus::auth
