// SPDX-License-Identifier: Apache-2.0
#include "web/key_check.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

using namespace std::chrono_literals;

std::optional<std::string_view> key_of(const net::Headers& headers) {
  return presented_key(headers);
}

net::Headers headers(std::string authorization, std::string api_key = {}) {
  net::Headers result;
  if (!authorization.empty()) result.set("authorization", std::move(authorization));
  if (!api_key.empty()) result.set("x-api-key", std::move(api_key));
  return result;
}

TEST(PresentedKey, GivenTheWaysToSendOne_WhenRead_ThenItIsFound) {
  for (const char* value : {"Bearer k", "bearer k", "BEARER   k", "bEaReR\tk", " Bearer k "}) {
    const net::Headers sent = headers(value);
    EXPECT_EQ(key_of(sent), "k") << value;
  }
  const net::Headers sent = headers("", " k ");
  EXPECT_EQ(key_of(sent), "k");
}

TEST(PresentedKey, GivenNoKey_WhenRead_ThenThereIsNone) {
  for (const char* value : {"Bearer", "Bearer ", "Bearer  \t", "Basic a2V5", "Bearerk", "k", "Bea"}) {
    const net::Headers sent = headers(value);
    EXPECT_FALSE(key_of(sent)) << value;
  }
  EXPECT_FALSE(key_of({}));
  const net::Headers blank = headers("", " ");
  EXPECT_FALSE(key_of(blank));
}

TEST(PresentedKey, GivenBoth_WhenRead_ThenBearerCountsAndAnotherSchemeDoesNot) {
  const net::Headers both = headers("Bearer a", "b");
  EXPECT_EQ(key_of(both), "a");
  const net::Headers proxy = headers("Basic x", "b");
  EXPECT_EQ(key_of(proxy), "b");
  const net::Headers empty = headers("Bearer ", "b");
  EXPECT_FALSE(key_of(empty)) << "an empty bearer is a client without a key";
}

TEST(KeyCheck, GivenNoKeysAtAll_WhenAnybodyCalls_ThenItIsTheDefaultTenant) {
  KeyCheck check{auth::KeyRing()};
  EXPECT_FALSE(check.has_keys());
  EXPECT_EQ(check.identify({}, "127.0.0.1", Clock::now()).tenant, auth::default_tenant());
  EXPECT_EQ(check.identify(headers("Bearer whatever"), "127.0.0.1", Clock::now()).tenant,
            auth::default_tenant());
}

TEST(KeyCheck, GivenKeys_WhenCalled_ThenTheCallerIsTheOwnerOfTheKey) {
  KeyCheck check(*auth::KeyRing::parse({.named = "a:key-of-a,b:key-of-b"}));
  EXPECT_EQ(check.identify(headers("Bearer key-of-b"), "s", Clock::now()).tenant, TenantId("b"));
  const Caller wrong = check.identify(headers("", "key-of-c"), "s", Clock::now());
  EXPECT_FALSE(wrong.tenant);
  EXPECT_TRUE(wrong.sent_key);
  const Caller none = check.identify({}, "s", Clock::now());
  EXPECT_FALSE(none.tenant);
  EXPECT_FALSE(none.sent_key);
}

TEST(KeyCheck, GivenAGuesser_WhenItsBudgetIsSpent_ThenItMustWaitAlsoWithTheRightKey) {
  KeyCheck check(*auth::KeyRing::parse({.single = "right"}));
  const Clock::time_point now{1h};
  int tries = 0;
  while (!check.identify(headers("Bearer wrong"), "s", now).wait) ++tries;
  EXPECT_LT(tries, 20);
  EXPECT_FALSE(check.identify(headers("Bearer right"), "s", now).tenant);
  EXPECT_TRUE(check.identify(headers("Bearer right"), "other", now).tenant);
}

TEST(KeyCheck, GivenCallsWithoutAKey_WhenThereAreMany_ThenTheyAreNotGuesses) {
  KeyCheck check(*auth::KeyRing::parse({.single = "right"}));
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(check.identify({}, "s", Clock::time_point{1h}).wait);
}

}  // namespace
}  // namespace cus::web
