// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cus/net/http.hpp"

namespace cus::net {
namespace {

const Headers headers{.fields = {{"Accept", "a, b"}, {"accept", "C"}, {"Empty", ""}}};

TEST(Headers, GivenNamesInAnyCase_WhenAsked_ThenTheFirstIsFoundAndAllAreCounted) {
  EXPECT_EQ(headers.find("ACCEPT"), "a, b");
  EXPECT_EQ(headers.count("Accept"), 2U);
  EXPECT_EQ(headers.find("Empty"), "");
  EXPECT_EQ(headers.find("Accep"), std::nullopt);
}

TEST(Headers, GivenLists_WhenAskedForAToken_ThenItIsFoundInAnyOfThemAsAWhole) {
  EXPECT_TRUE(headers.has_token("accept", "A"));
  EXPECT_TRUE(headers.has_token("accept", "b"));
  EXPECT_TRUE(headers.has_token("accept", "c"));
  EXPECT_FALSE(headers.has_token("accept", "a, b"));
  EXPECT_FALSE(headers.has_token("accept", ""));
  const Headers odd{.fields = {{"X", " ,\t upgrade\t,,"}}};
  EXPECT_TRUE(odd.has_token("x", "Upgrade"));
}

TEST(Headers, GivenAHeader_WhenSet_ThenItIsReplacedOrAdded) {
  Headers changed = headers;
  changed.set("EMPTY", "full");
  changed.set("New", "1");
  EXPECT_EQ(changed.find("Empty"), "full");
  EXPECT_EQ(changed.find("new"), "1");
  EXPECT_EQ(changed.fields.size(), 4U);
}

TEST(Format, GivenAMessage_WhenFormatted_ThenItIsExactlyThis) {
  EXPECT_EQ(format_request("GET", "/x", {.fields = {{"Host", "a"}}}), "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(format_response(404, {}), "HTTP/1.1 404 Not Found\r\n\r\n");
}

TEST(Format, GivenAStatusWithoutAName_WhenFormatted_ThenTheReasonIsEmpty) {
  EXPECT_EQ(format_response(299, {}), "HTTP/1.1 299 \r\n\r\n");
  EXPECT_EQ(reason_phrase(-1), "");
  EXPECT_EQ(reason_phrase(999), "");
}

TEST(Format, GivenAValueThatWouldBeginAnotherLine_WhenFormatted_ThenTheHeaderIsDropped) {
  for (const std::string& value : {std::string("a\r\nSet-Cookie: x"), std::string("a\nb"),
                                   std::string("a\rb"), std::string("a\0b", 3)}) {
    EXPECT_EQ(format_response(200, {.fields = {{"Location", value}, {"A", "b"}}}),
              "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  }
}

}  // namespace
}  // namespace cus::net
