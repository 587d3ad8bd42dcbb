// SPDX-License-Identifier: Apache-2.0
#include "egress/hop_headers.hpp"

#include <gtest/gtest.h>

namespace cus::egress {
namespace {

net::RequestHead get(net::Headers headers) {
  net::RequestHead head;
  head.method = "GET";
  head.target = "http://a:81/x";
  head.headers = std::move(headers);
  return head;
}

const AbsoluteTarget target{{"a", 81}, "/x"};

TEST(HopHeaders, GivenHeadersOfOneHop_WhenForwarded_ThenTheyAreTakenOutAndHostComesFromTheTarget) {
  const auto head = get({.fields = {{"Host", "evil"},
                                    {"Connection", "X-Private, keep-alive"},
                                    {"x-private", "1"},
                                    {"Keep-Alive", "5"},
                                    {"Proxy-Connection", "keep-alive"},
                                    {"Proxy-Authorization", "Basic c2VjcmV0"},
                                    {"TE", "trailers"},
                                    {"Trailer", "X"},
                                    {"Cookie", "a=b"},
                                    {"Cookie", "c=d"}}});
  EXPECT_EQ(request_text(head, target),
            "GET /x HTTP/1.1\r\nHost: a:81\r\nCookie: a=b\r\nCookie: c=d\r\nConnection: close\r\n\r\n");
}

TEST(HopHeaders, GivenAConnectionHeaderThatNamesHostAndLength_WhenForwarded_ThenOursRemain) {
  auto head =
      get({.fields = {{"Connection", "host, content-length"}, {"Host", "a"}, {"Content-Length", "3"}}});
  head.content_length = 3;
  EXPECT_EQ(request_text(head, target),
            "GET /x HTTP/1.1\r\nHost: a:81\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
}

TEST(HopHeaders, GivenAnEmptyPath_WhenForwarded_ThenItIsTheRootOrForOptionsTheServer) {
  auto head = get({});
  EXPECT_TRUE(request_text(head, {{"a", 80}, ""}).starts_with("GET / HTTP/1.1\r\nHost: a\r\n"));
  head.method = "OPTIONS";
  EXPECT_TRUE(request_text(head, {{"a", 80}, ""}).starts_with("OPTIONS * HTTP/1.1\r\n"));
}

TEST(HopHeaders, GivenAnUpgradeWithoutABody_WhenForwarded_ThenItIsKept) {
  auto head = get({.fields = {{"Connection", "keep-alive, Upgrade"}, {"Upgrade", "websocket"}}});
  EXPECT_TRUE(request_text(head, target).ends_with("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
  head.content_length = 5;
  EXPECT_FALSE(wants_upgrade(head));
  EXPECT_TRUE(request_text(head, target).ends_with("Connection: close\r\n\r\n"));
}

TEST(HopHeaders, GivenAnAnswer_WhenFramed_ThenTheBodyHasAnEndTheClientUnderstands) {
  auto request = get({});
  net::ResponseHead answer;
  answer.status = 200;
  EXPECT_EQ(answer_framing(request, answer), Framing::chunked);
  request.version = 10;
  EXPECT_EQ(answer_framing(request, answer), Framing::until_close);
  answer.content_length = 5;
  EXPECT_EQ(answer_framing(request, answer), Framing::length);
  for (const int status : {100, 101, 204, 304}) {
    answer.status = status;
    EXPECT_EQ(answer_framing(request, answer), Framing::none) << status;
  }
  answer.status = 200;
  request.method = "HEAD";
  EXPECT_EQ(answer_framing(request, answer), Framing::none);
  EXPECT_TRUE(answer_text(request, answer, false).contains("Content-Length: 5\r\n"));
}

TEST(HopHeaders, GivenA204WithALength_WhenPassedOn_ThenTheLengthIsDropped) {
  net::ResponseHead answer;
  answer.status = 204;
  answer.content_length = 5;
  answer.headers.fields = {{"Content-Length", "5"}, {"Transfer-Encoding", "chunked"}, {"ETag", "x"}};
  EXPECT_EQ(answer_text(get({}), answer, true), "HTTP/1.1 204 No Content\r\nETag: x\r\n\r\n");
}

TEST(HopHeaders, GivenTenThousandHeadersAndTokens_WhenFiltered_ThenItTakesNoTime) {
  net::Headers headers;
  std::string tokens;
  for (int i = 0; i < 10000; ++i) {
    headers.fields.push_back({"a" + std::to_string(i), ""});
    tokens += "b,";
  }
  headers.fields.push_back({"Connection", tokens});
  const Deadline limit = after(std::chrono::seconds(2));
  EXPECT_EQ(end_to_end(headers).fields.size(), 10000U);
  EXPECT_LT(Clock::now(), limit);
}

}  // namespace
}  // namespace cus::egress
