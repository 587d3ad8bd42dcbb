// SPDX-License-Identifier: Apache-2.0
#include "egress/socks_message.hpp"

#include <gtest/gtest.h>

namespace cus::egress {
namespace {

using std::string_literals::operator""s;

TEST(SocksGreeting, GivenOneThatOffersNoAuthentication_WhenParsed_ThenItsSizeIsKnown) {
  EXPECT_EQ(parse_socks_greeting("\x05\x01\x00"s), 3U);
  EXPECT_EQ(parse_socks_greeting("\x05\x03\x02\x00\x01more"s), 5U);
}

TEST(SocksGreeting, GivenOneWithoutIt_WhenParsed_ThenNoMethodFits) {
  const auto parsed = parse_socks_greeting("\x05\x02\x01\x02"s);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reply, socks_no_method);
  EXPECT_EQ(parse_socks_greeting("\x05\x00"s).error().reply, socks_no_method);
}

TEST(SocksGreeting, GivenAnotherProtocol_WhenParsed_ThenItIsAFaultWithoutReply) {
  for (const std::string& bytes : {"\x04\x01"s, "GET / HTTP/1.1\r\n"s, "\x16\x03\x01"s}) {
    const auto parsed = parse_socks_greeting(bytes);
    ASSERT_FALSE(parsed);
    EXPECT_FALSE(parsed.error().incomplete);
    EXPECT_EQ(parsed.error().reply, 0);
  }
}

struct Row {
  std::string bytes;
  std::string host;
  int port;
};
class GoodRequest : public ::testing::TestWithParam<Row> {};

TEST_P(GoodRequest, GivenARequest_WhenItArrivesByteByByte_ThenItIsIncompleteUntilTheLast) {
  const std::string& bytes = GetParam().bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = parse_socks_request(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(parsed) << size;
    EXPECT_TRUE(parsed.error().incomplete) << size;
  }
  const auto parsed = parse_socks_request(bytes + "rest");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->size, bytes.size());
  EXPECT_EQ(parsed->to.host, GetParam().host);
  EXPECT_EQ(parsed->to.port, GetParam().port);
}
INSTANTIATE_TEST_SUITE_P(
    Table, GoodRequest,
    ::testing::Values(Row{"\x05\x01\x00\x01\x7f\x00\x00\x01\x01\xbb"s, "127.0.0.1", 443},
                      Row{"\x05\x01\x00\x03\x0b"s + "example.com" + "\xff\xff"s, "example.com", 65535},
                      Row{"\x05\x01\x00\x03\x01"s + "a" + "\x00\x50"s, "a", 80},
                      Row{"\x05\x01\x00\x04"s + std::string(15, '\0') + "\x01\x00\x16"s, "::1", 22}));

struct Fault {
  std::string bytes;
  int reply;
};
class BadRequest : public ::testing::TestWithParam<Fault> {};

TEST_P(BadRequest, GivenARequestThatCannotBeServed_WhenParsed_ThenTheReplySaysWhy) {
  const auto parsed = parse_socks_request(GetParam().bytes);
  ASSERT_FALSE(parsed);
  EXPECT_FALSE(parsed.error().incomplete);
  EXPECT_EQ(parsed.error().reply, GetParam().reply);
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadRequest,
    ::testing::Values(Fault{"\x04\x01\x00\x01\x7f\x00\x00\x01\x00\x50"s, 1},  // another version
                      Fault{"\x05\x01\x01\x01\x7f\x00\x00\x01\x00\x50"s, 1},  // reserved byte
                      Fault{"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50"s, 7},  // BIND
                      Fault{"\x05\x03\x00\x01\x7f\x00\x00\x01\x00\x50"s, 7},  // UDP ASSOCIATE
                      Fault{"\x05\x01\x00\x02\x7f\x00\x00\x01\x00\x50"s, 8},  // address type
                      Fault{"\x05\x01\x00\x01\x7f\x00\x00\x01\x00\x00"s, 1},  // port 0
                      Fault{"\x05\x01\x00\x03\x00\x00\x50"s, 1},              // empty name
                      Fault{"\x05\x01\x00\x03\x03"s + "a\nb" + "\x00\x50"s, 1},
                      Fault{"\x05\x01\x00\x03\x03"s + "a\0b"s + "\x00\x50"s, 1},
                      Fault{"\x05\x01\x00\x03\xff"s + std::string(255, 'a') + "\x00\x50"s, 1}));

TEST(SocksReply, GivenAReply_WhenWritten_ThenItHasTenBytes) {
  EXPECT_EQ(socks_request_reply(2), "\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"s);
  EXPECT_EQ(socks_greeting_reply(socks_no_method), "\x05\xff"s);
}

}  // namespace
}  // namespace cus::egress
