// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/trusted_proxies.hpp"

#include <gmock/gmock.h>

namespace cus::auth {
namespace {

TrustedProxies proxies(std::string_view list) {
  auto parsed = TrustedProxies::parse(list);
  EXPECT_TRUE(parsed) << list;
  return parsed.value_or(TrustedProxies());
}

TEST(TrustedProxies, GivenNone_WhenAsked_ThenNobodyIsTrusted) {
  for (const char* address : {"127.0.0.1", "::1", "10.0.0.1", ""}) {
    EXPECT_FALSE(TrustedProxies().trusts(address)) << address;
    EXPECT_FALSE(proxies("").trusts(address)) << address;
  }
  EXPECT_TRUE(proxies("").empty());
}

TEST(TrustedProxies, GivenNetworks_WhenAsked_ThenThoseInsideAreTrustedAndTheNextOnesAreNot) {
  const TrustedProxies some = proxies("10.0.0.0/8, 192.0.2.7,172.16.4.0/22, 2001:db8::/33,::1");
  for (const char* address : {"10.0.0.0", "10.255.255.255", "192.0.2.7", "172.16.7.255", "2001:db8:7fff::1",
                              "::1", "::ffff:10.1.2.3"}) {
    EXPECT_TRUE(some.trusts(address)) << address;
  }
  for (const char* address :
       {"11.0.0.0", "9.255.255.255", "192.0.2.8", "172.16.8.0", "2001:db8:8000::1", "::2",
        "::", "::ffff:11.0.0.0", "10.0.0.1:80", "localhost", "10.0.0", "10.0.0.1%eth0"}) {
    EXPECT_FALSE(some.trusts(address)) << address;
  }
}

TEST(TrustedProxies, GivenAWholeFamily_WhenAsked_ThenTheOtherOneIsNotInIt) {
  EXPECT_TRUE(proxies("0.0.0.0/0").trusts("203.0.113.9"));
  EXPECT_FALSE(proxies("0.0.0.0/0").trusts("2001:db8::1"));
  EXPECT_TRUE(proxies("::ffff:10.0.0.0/8").trusts("10.9.9.9"));
}

TEST(TrustedProxies, GivenWhatIsNoNetwork_WhenParsed_ThenEveryEntryIsNamed) {
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "proxy", "10.0.0.1:80",
                          "::/129", "/8", "10.0.0.1,,10.0.0.2", "fe80::1%eth0", "*"}) {
    EXPECT_FALSE(TrustedProxies::parse(bad)) << bad;
  }
  const auto parsed = TrustedProxies::parse("nginx,10.0.0.0/8,10.0.0.0/40");
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error(), testing::ElementsAre(testing::HasSubstr("TRUSTED_PROXIES: entry 1 "),
                                                   testing::HasSubstr("TRUSTED_PROXIES: entry 3 ")));
}

TEST(TrustedProxies, GivenAddressesAsProxiesWriteThem_WhenRead_ThenTheyHaveOneForm) {
  EXPECT_EQ(forwarded_address("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(forwarded_address(" 192.0.2.1:4711 "), "192.0.2.1");
  EXPECT_EQ(forwarded_address("[2001:DB8::1]:443"), "2001:db8::1");
  EXPECT_EQ(forwarded_address("2001:db8:0::1"), "2001:db8::1");
  EXPECT_EQ(forwarded_address("::ffff:192.0.2.1"), "192.0.2.1");
  for (const char* bad :
       {"", "unknown", "_hidden", "192.0.2", "[2001:db8::1", "a.example", "192.0.2.1.", "1::2::3"}) {
    EXPECT_FALSE(forwarded_address(bad)) << bad;
  }
}

}  // namespace
}  // namespace cus::auth
