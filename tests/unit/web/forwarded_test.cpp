// SPDX-License-Identifier: Apache-2.0
#include "web/forwarded.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

const auth::TrustedProxies proxies = *auth::TrustedProxies::parse("10.0.0.0/8,2001:db8::/32");

std::string client(std::vector<net::Header> fields) {
  net::Headers headers;
  headers.fields = std::move(fields);
  return client_address(headers, "10.0.0.1", proxies);
}

TEST(Forwarded, GivenAChain_WhenRead_ThenTheClientIsTheRightMostAddressThatIsNoProxy) {
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.5"}}), "203.0.113.5");
  EXPECT_EQ(client({{"x-forwarded-for", "203.0.113.5, 10.2.2.2, 10.3.3.3"}}), "203.0.113.5");
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.5:555,[2001:db8::7]:443"}}), "203.0.113.5");
}

TEST(Forwarded, GivenWhatAClientWroteItself_WhenRead_ThenItCountsForNothing) {
  EXPECT_EQ(client({{"X-Forwarded-For", "127.0.0.1, 198.51.100.1, 203.0.113.5"}}), "203.0.113.5");
  EXPECT_EQ(client({{"X-Forwarded-For", "10.9.9.9, 203.0.113.5, 10.2.2.2"}}), "203.0.113.5");
  EXPECT_EQ(client({{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "203.0.113.5"}}), "203.0.113.5");
}

TEST(Forwarded, GivenNothingOrNonsense_WhenRead_ThenTheClientIsTheLastProxyThatIsKnown) {
  EXPECT_EQ(client({}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", ""}}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", "unknown"}}), "10.0.0.1");
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.5, unknown, 10.2.2.2"}}), "10.2.2.2");
  EXPECT_EQ(client({{"X-Forwarded-For", "203.0.113.5,,"}}), "10.0.0.1");
}

TEST(Forwarded, GivenAnEndlessChain_WhenRead_ThenItIsGivenUp) {
  std::string chain = "203.0.113.5";
  for (int i = 0; i < 2'000; ++i) chain += ",10.1.1.1";
  EXPECT_EQ(client({{"X-Forwarded-For", chain}}), "10.1.1.1");
}

TEST(Forwarded, GivenAListOrSeveralHeaders_WhenTheLastIsAsked_ThenItIsTheOneOfTheNearestProxy) {
  net::Headers headers;
  EXPECT_EQ(last_element(headers, "X-Forwarded-Proto"), "");
  headers.fields = {{"X-Forwarded-Proto", "https"}, {"x-forwarded-proto", "https , http"}};
  EXPECT_EQ(last_element(headers, "X-Forwarded-Proto"), "http");
}

}  // namespace
}  // namespace cus::web
