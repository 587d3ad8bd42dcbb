// SPDX-License-Identifier: Apache-2.0
#include "egress/destination.hpp"

#include <gtest/gtest.h>

#include "egress/dialler.hpp"

namespace cus::egress {
namespace {

struct Good {
  const char* text;
  const char* host;
  int port;
};
class GoodAuthority : public ::testing::TestWithParam<Good> {};
class BadAuthority : public ::testing::TestWithParam<std::string> {};

TEST_P(GoodAuthority, GivenHostAndPort_WhenParsed_ThenBothAreThere) {
  const auto to = parse_authority(GetParam().text, std::nullopt);
  ASSERT_TRUE(to) << GetParam().text;
  EXPECT_EQ(to->host, GetParam().host);
  EXPECT_EQ(to->port, GetParam().port);
}
INSTANTIATE_TEST_SUITE_P(Table, GoodAuthority,
                         ::testing::Values(Good{"example.com:443", "example.com", 443},
                                           Good{"EXAMPLE.com:1", "example.com", 1},
                                           Good{"a_b-c.d:65535", "a_b-c.d", 65535},
                                           Good{"127.1:80", "127.1", 80}, Good{"[::1]:22", "::1", 22},
                                           Good{"[FE80::A]:22", "fe80::a", 22}));

TEST_P(BadAuthority, GivenAnythingElse_WhenParsed_ThenItIsRefused) {
  EXPECT_FALSE(parse_authority(GetParam(), std::nullopt)) << GetParam();
}
INSTANTIATE_TEST_SUITE_P(Table, BadAuthority,
                         ::testing::Values("", ":", "host", "host:", ":80", "host:0", "host:65536",
                                           "host:080x", "host:+80", "host: 80", "host:80:80", "user@host:80",
                                           "host/:80", "[::1]", "[::1]:", "[::1:80", "::1:80", "[host]:80",
                                           "[]:80", "[::1%lo]:80", "h\xC3\xB6st:80", "ho st:80", "host\t:80",
                                           std::string("ho\0st:80", 8), std::string(254, 'a') + ":80"));

struct Target {
  const char* text;
  const char* host;
  int port;
  const char* path;
};
class GoodTarget : public ::testing::TestWithParam<Target> {};
class BadTarget : public ::testing::TestWithParam<const char*> {};

TEST_P(GoodTarget, GivenAnAbsoluteTarget_WhenParsed_ThenItIsTakenApart) {
  const auto target = parse_absolute(GetParam().text);
  ASSERT_TRUE(target) << GetParam().text;
  EXPECT_EQ(target->to.host, GetParam().host);
  EXPECT_EQ(target->to.port, GetParam().port);
  EXPECT_EQ(target->path, GetParam().path);
}
INSTANTIATE_TEST_SUITE_P(
    Table, GoodTarget,
    ::testing::Values(Target{"http://a/b", "a", 80, "/b"}, Target{"HTTP://A/b", "a", 80, "/b"},
                      Target{"http://a", "a", 80, ""}, Target{"http://a:/x", "a", 80, "/x"},
                      Target{"http://a:8080/x?y=/?z", "a", 8080, "/x?y=/?z"},
                      Target{"http://a?q", "a", 80, "/?q"}, Target{"http://[::1]:81/", "::1", 81, "/"},
                      Target{"http://a/@b:c", "a", 80, "/@b:c"}));

TEST_P(BadTarget, GivenAnythingElse_WhenParsed_ThenTheMessageSaysWhy) {
  const auto target = parse_absolute(GetParam());
  ASSERT_FALSE(target) << GetParam();
  EXPECT_FALSE(target.error().message.empty());
}
INSTANTIATE_TEST_SUITE_P(Table, BadTarget,
                         ::testing::Values("/", "*", "host:80", "https://a/", "ftp://a/",
                                           "file:///etc/passwd", "gopher://a/", "http:/a", "http:///x",
                                           "http://user@a/", "http://user:pw@a/", "http://a:99999/",
                                           "http://a#f", "http://a/b#f", "http://a b/", "http://a\\b/",
                                           "http://[::1/", "http://%61/"));

TEST(Authority, GivenADestination_WhenWritten_ThenIPv6HasBracketsAndTheUsualPortIsLeftOut) {
  EXPECT_EQ(authority({"a", 80}, 80), "a");
  EXPECT_EQ(authority({"a", 81}, 80), "a:81");
  EXPECT_EQ(authority({"::1", 80}), "[::1]:80");
}

std::vector<Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<Address> list;
  for (const char* text : texts) list.push_back(boost::asio::ip::make_address(text));
  return list;
}

TEST(Admit, GivenAMixOfAddresses_WhenAdmitted_ThenOnlyThoseThatMayBeReachedAreTried) {
  const auto open = admit({"mixed", 80}, addresses({"10.0.0.1", "8.8.8.8", "::1", "1.1.1.1"}), AllowList({}));
  ASSERT_TRUE(open);
  EXPECT_EQ(*open, addresses({"8.8.8.8", "1.1.1.1"}));
}

TEST(Admit, GivenOnlyPrivateAddresses_WhenAdmitted_ThenTheRefusalNamesTheFirstAndTheWayOut) {
  const auto open = admit({"db", 5432}, addresses({"10.0.0.1", "10.0.0.2"}), AllowList({}));
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().why, Outcome::private_address);
  EXPECT_EQ(open.error().text,
            "Egress refused: db resolves to a private address (10.0.0.1). An operator can allow it with "
            "EGRESS_ALLOW_PRIVATE=10.0.0.1/32:5432.");
}

TEST(Admit, GivenARefusal_WhenTheOperatorDoesWhatItSays_ThenTheAddressIsAdmitted) {
  for (const char* text : {"10.0.0.1", "fd00::1", "::ffff:127.0.0.1"}) {
    const auto refused = admit({"x", 80}, addresses({text}), AllowList({}));
    ASSERT_FALSE(refused);
    const std::string& told = refused.error().text;
    const std::size_t begin = told.find("EGRESS_ALLOW_PRIVATE=") + 21;
    const auto exceptions = parse_exceptions(told.substr(begin, told.size() - begin - 1));
    ASSERT_TRUE(exceptions) << told;
    EXPECT_TRUE(admit({"x", 80}, addresses({text}), AllowList(*exceptions))) << told;
    EXPECT_FALSE(admit({"x", 81}, addresses({text}), AllowList(*exceptions)));
  }
}

TEST(Admit, GivenManyIPv6AddressesFirst_WhenAdmitted_ThenIPv4GetsItsTurn) {
  const auto open =
      admit({"x", 80}, addresses({"2600::1", "2600::2", "2600::3", "2600::4", "8.8.8.8", "9.9.9.9"}),
            AllowList({}));
  ASSERT_TRUE(open);
  EXPECT_EQ(*open, addresses({"2600::1", "8.8.8.8", "2600::2", "9.9.9.9"}));
}

}  // namespace
}  // namespace cus::egress
