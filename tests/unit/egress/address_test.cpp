// SPDX-License-Identifier: Apache-2.0
#include "egress/address.hpp"

#include <gtest/gtest.h>

#include "egress/allow_list.hpp"

namespace cus::egress {
namespace {

Address address(const std::string& text) {
  return boost::asio::ip::make_address(text);
}

class Private : public ::testing::TestWithParam<const char*> {};
class Public : public ::testing::TestWithParam<const char*> {};

TEST_P(Private, GivenAnAddressThatIsNotTheInternet_WhenAsked_ThenItIsNotPublic) {
  EXPECT_FALSE(is_public(address(GetParam())));
}
TEST_P(Public, GivenAnAddressOfTheInternet_WhenAsked_ThenItIsPublic) {
  EXPECT_TRUE(is_public(address(GetParam())));
}

INSTANTIATE_TEST_SUITE_P(V4, Private,
                         ::testing::Values("0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.1",
                                           "100.100.100.200", "100.127.255.255", "127.0.0.1",
                                           "127.255.255.254", "168.63.129.16", "169.254.0.1",
                                           "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255",
                                           "192.0.0.1", "192.0.0.170", "192.88.99.1", "192.168.0.1",
                                           "192.168.255.255", "198.18.0.1", "198.19.255.255", "224.0.0.1",
                                           "239.255.255.250", "240.0.0.1", "255.255.255.255"));
INSTANTIATE_TEST_SUITE_P(V4, Public,
                         ::testing::Values("1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0",
                                           "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
                                           "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
                                           "192.0.1.0", "192.0.2.1", "192.167.255.255", "192.169.0.0",
                                           "198.17.255.255", "198.20.0.0", "198.51.100.7", "203.0.113.5",
                                           "223.255.255.255"));
INSTANTIATE_TEST_SUITE_P(V6, Private,
                         ::testing::Values("::", "::1", "::2", "100::1", "fc00::1", "fd00:ec2::254",
                                           "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1",
                                           "5f00::1", "64:ff9b:1::1", "2001::1", "2001:2::1", "4000::1"));
// IPv4-mapped, IPv4-compatible, translated, NAT64 and 6to4 forms of private addresses.
INSTANTIATE_TEST_SUITE_P(Mapped, Private,
                         ::testing::Values("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
                                           "::ffff:0.0.0.0", "::ffff:192.168.1.1", "::ffff:100.64.0.1",
                                           "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1",
                                           "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1",
                                           "64:ff9b::169.254.169.254", "64:ff9b::255.255.255.255",
                                           "2002:7f00:1::1", "2002:a00:1::1", "2002:a9fe:a9fe::1",
                                           "2002:c0a8:101::1"));
INSTANTIATE_TEST_SUITE_P(V6, Public,
                         ::testing::Values("2001:4860:4860::8888", "2606:4700:4700::1111", "2a00:1450::1",
                                           "2001:db8::1", "3fff::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
                                           "2002:808:808::1"));

TEST(PlainAddress, GivenAMappedAddress_WhenMadePlain_ThenItIsTheIPv4Address) {
  EXPECT_EQ(plain(address("::ffff:10.1.2.3")), address("10.1.2.3"));
  EXPECT_EQ(plain(address("2001:db8::1")), address("2001:db8::1"));
}

struct Entry {
  const char* text;
  const char* network;
  int port;
};
class GoodException : public ::testing::TestWithParam<Entry> {};
class BadException : public ::testing::TestWithParam<const char*> {};

TEST_P(GoodException, GivenAnEntry_WhenParsed_ThenNetworkAndPortAreCanonical) {
  const auto parsed = parse_exceptions(GetParam().text);
  ASSERT_TRUE(parsed) << GetParam().text;
  ASSERT_EQ(parsed->size(), 1U);
  EXPECT_EQ(parsed->front().network, GetParam().network);
  EXPECT_EQ(parsed->front().port, GetParam().port);
}
INSTANTIATE_TEST_SUITE_P(
    Table, GoodException,
    ::testing::Values(Entry{"10.1.2.0/24:443", "10.1.2.0/24", 443}, Entry{"10.1.2.3/24", "10.1.2.0/24", 0},
                      Entry{"10.1.2.3", "10.1.2.3/32", 0}, Entry{"10.1.2.3:*", "10.1.2.3/32", 0},
                      Entry{"127.0.0.1/32:8080", "127.0.0.1/32", 8080}, Entry{"0.0.0.0/0:*", "0.0.0.0/0", 0},
                      Entry{"[::1]:8080", "::1/128", 8080}, Entry{"[fd00::]/8:443", "fd00::/8", 443},
                      Entry{"[fd00::/8]:443", "fd00::/8", 443}, Entry{"[fd00::1]", "fd00::1/128", 0},
                      Entry{"fd00::/8", "fd00::/8", 0}, Entry{"fd00::/8:443", "fd00::/8", 443},
                      Entry{"::1", "::1/128", 0}, Entry{"[::ffff:10.0.0.0]/104:80", "10.0.0.0/8", 80},
                      Entry{"  10.0.0.1:65535 ", "10.0.0.1/32", 65535}));

TEST_P(BadException, GivenAnEntryThatIsNone_WhenParsed_ThenTheMessageQuotesIt) {
  const auto parsed = parse_exceptions(std::string("10.0.0.1:80,") + GetParam());
  ASSERT_FALSE(parsed) << GetParam();
  EXPECT_EQ(parsed.error().code, Code::invalid_argument);
  EXPECT_TRUE(parsed.error().message.contains(GetParam())) << parsed.error().message;
}
INSTANTIATE_TEST_SUITE_P(Table, BadException,
                         ::testing::Values("10.0.0.0/33", "10.0.0/8", "localhost:80", "10.0.0.1:0",
                                           "10.0.0.1:65536", "10.0.0.1:", "10.0.0.1:-1", "10.0.0.1:80x",
                                           "[::1", "[::1]x", "[::1]:", "::1/129", "fe80::1%lo", "10.0.0.1/",
                                           "/8", ":80", "10.0.0.1/8/8", "*", "10.0.0.1/+8"));

TEST(Exceptions, GivenSeveralEntriesAndEmptyOnes_WhenParsed_ThenTheEntriesRemain) {
  const auto parsed = parse_exceptions(" , 10.0.0.1:80 ,, [::1]:22,");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->size(), 2U);
  EXPECT_TRUE(parse_exceptions("")->empty());
}

TEST(AllowList, GivenExceptions_WhenAsked_ThenAddressAndPortMustBothBeCovered) {
  const AllowList list(*parse_exceptions("10.1.0.0/20:443,[fd00::]/9:*,10.1.2.3:22"));
  EXPECT_TRUE(list.covers(address("10.1.15.255"), 443));
  EXPECT_TRUE(list.covers(address("10.1.2.3"), 22));
  EXPECT_TRUE(list.covers(address("::ffff:10.1.2.3"), 22));
  EXPECT_TRUE(list.covers(address("fd7f::1"), 9));
  EXPECT_FALSE(list.covers(address("10.1.16.0"), 443));
  EXPECT_FALSE(list.covers(address("10.1.2.3"), 80));
  EXPECT_FALSE(list.covers(address("fd80::1"), 9));
  EXPECT_FALSE(list.covers(address("::a01:203"), 22));
}

}  // namespace
}  // namespace cus::egress
