// SPDX-License-Identifier: Apache-2.0
#include "auth/authority.hpp"

#include <gtest/gtest.h>

namespace cus::auth {
namespace {

struct Good {
  const char* text;
  const char* host;
  HostKind kind;
  int port;  // 0: none
};

class GoodAuthority : public testing::TestWithParam<Good> {};

TEST_P(GoodAuthority, GivenAHost_WhenParsed_ThenItsKindIsKnown) {
  const auto authority = parse_authority(GetParam().text);
  ASSERT_TRUE(authority) << GetParam().text;
  EXPECT_EQ(authority->host, GetParam().host);
  EXPECT_EQ(authority->kind, GetParam().kind);
  EXPECT_EQ(authority->port.value_or(0), GetParam().port);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodAuthority,
    testing::Values(Good{"localhost", "localhost", HostKind::loopback, 0},
                    Good{"LocalHost:8081", "localhost", HostKind::loopback, 8081},
                    Good{"127.0.0.1", "127.0.0.1", HostKind::loopback, 0},
                    Good{"127.255.3.4:1", "127.255.3.4", HostKind::loopback, 1},
                    Good{"[::1]", "::1", HostKind::loopback, 0},
                    Good{"[::1]:65535", "::1", HostKind::loopback, 65535},
                    Good{"[::ffff:127.0.0.1]", "::ffff:127.0.0.1", HostKind::loopback, 0},
                    Good{"[0:0:0:0:0:0:0:1]", "::1", HostKind::loopback, 0},
                    Good{"0.0.0.0", "0.0.0.0", HostKind::unspecified, 0},
                    Good{"[::]:80", "::", HostKind::unspecified, 80},
                    Good{"[::ffff:0.0.0.0]", "::ffff:0.0.0.0", HostKind::unspecified, 0},
                    Good{"192.0.2.7:8081", "192.0.2.7", HostKind::address, 8081},
                    Good{"[2001:DB8::1]", "2001:db8::1", HostKind::address, 0},
                    Good{"Computer-Use_1.Example", "computer-use_1.example", HostKind::name, 0},
                    Good{"127.1", "127.1", HostKind::name, 0},
                    Good{"2130706433", "2130706433", HostKind::name, 0},
                    Good{"0x7f000001", "0x7f000001", HostKind::name, 0},
                    Good{"127.0.0.1.example", "127.0.0.1.example", HostKind::name, 0}));

class BadAuthority : public testing::TestWithParam<const char*> {};

TEST_P(BadAuthority, GivenAnythingElse_WhenParsed_ThenItIsNoHost) {
  EXPECT_FALSE(parse_authority(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Table, BadAuthority,
                         testing::Values("", ":80", "localhost:", "localhost:0", "localhost:080",
                                         "localhost:65536", "localhost:+80", "localhost:8a", "localhost.",
                                         ".localhost", "a..b", "local host", "user@localhost", "localhost/",
                                         "localhost,evil", "[::1", "::1", "[::1]x", "[::1]:", "[fe80::1%1]",
                                         "[127.0.0.1]", "evil\\localhost", "\xd0\xb0.example",
                                         "localhost:80:80"));

TEST(Origin, GivenAnOrigin_WhenParsed_ThenThePortIsTheSchemesUnlessNamed) {
  EXPECT_EQ(parse_origin("http://a.example")->port(), 80);
  EXPECT_EQ(parse_origin("HTTPS://a.example")->port(), 443);
  EXPECT_EQ(parse_origin("https://a.example:8443")->port(), 8443);
}

TEST(Origin, GivenSomethingElse_WhenParsed_ThenItIsNoOrigin) {
  for (const char* text : {"null", "", "a.example", "//a.example", "ftp://a.example", "file://", "http://",
                           "http://a.example/", "http://a.example/path", "http://u@a.example",
                           "http://a.example http://b.example", "chrome-extension://abcdef"}) {
    EXPECT_FALSE(parse_origin(text)) << text;
  }
}

}  // namespace
}  // namespace cus::auth
