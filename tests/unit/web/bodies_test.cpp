// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

namespace cus::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class BodiesTest : public ServerTest {};

Task<> refuse_unread(Exchange& exchange) {
  co_await exchange.respond(text_response(403, "no"));
}

TEST_F(BodiesTest, GivenABodyOverTheLimit_WhenAnnounced_ThenItIsRefusedWithoutReadingIt) {
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 1048577\r\n"));
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("Connection: close")));
}

TEST_F(BodiesTest, GivenABodyOverTheLimit_WhenChunked_ThenItIsRefusedWhenItIsSeen) {
  route("POST", "/echo", echo_body);
  options.limits.body_bytes = 10;
  start();
  Client client = connect();
  client.send(request("POST /echo", "Transfer-Encoding: chunked\r\n") + "6\r\nabcdef\r\n6\r\nghijkl\r\n");
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 413"), HasSubstr("10 bytes")));
}

TEST_F(BodiesTest, GivenABodyOfExactlyTheLimit_WhenSent_ThenItIsTaken) {
  route("POST", "/echo", echo_body);
  options.limits.body_bytes = 10;
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("POST /echo", {}, "0123456789")).body, "0123456789");
}

TEST_F(BodiesTest, GivenALargeChunkedBody_WhenSent_ThenItArrivesWhole) {
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  std::string wire = request("POST /echo", "Transfer-Encoding: chunked\r\n");
  std::string body;
  for (int i = 0; i < 500; ++i) {
    const std::string piece = std::string(static_cast<std::size_t>(i) + 1, static_cast<char>('a' + i % 26));
    std::array<char, 16> size{};
    std::snprintf(size.data(), size.size(), "%zx\r\n", piece.size());
    wire += size.data() + piece + "\r\n";
    body += piece;
  }
  client.send(wire + "0\r\n\r\n" + request("POST /echo", {}, "next"));
  EXPECT_EQ(client.reply().body, body);
  EXPECT_EQ(client.reply().body, "next");
}

TEST_F(BodiesTest, GivenASmallBodyNobodyReads_WhenAnswered_ThenTheConnectionGoesOn) {
  route("POST", "/no", refuse_unread);
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  client.send(request("POST /no", {}, std::string(60'000, 'x')) + request("POST /echo", {}, "next"));
  EXPECT_EQ(client.reply().status, 403);
  EXPECT_EQ(client.reply().body, "next");
}

TEST_F(BodiesTest, GivenALargeBodyNobodyReads_WhenAnswered_ThenTheConnectionEndsWithTheAnswer) {
  route("POST", "/no", refuse_unread);
  start();
  Client client = connect();
  client.send(request("POST /no", {}, std::string(200'000, 'x')));
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("Connection: close")));
}

TEST_F(BodiesTest, GivenExpectContinue_WhenTheHandlerWantsTheBody_ThenItIsAskedFor) {
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.reply().status, 100);
  client.send("ok");
  EXPECT_EQ(client.reply().body, "ok");
}

TEST_F(BodiesTest, GivenExpectContinueWithoutAKey_WhenRefused_ThenTheBodyIsNeverAskedFor) {
  route("POST", "/echo", echo_body, Auth::key);
  options.keys = one_key("right-key");
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 401"), HasSubstr("Connection: close")));
}

TEST_F(BodiesTest, GivenTooManyBytesInAllBodies_WhenOneMoreComes_ThenItIsPutOff) {
  route("POST", "/echo", echo_body);
  options.limits.body_bytes_total = 1000;
  start();
  Client first = connect();
  first.send(request("POST /echo", "Content-Length: 901\r\n") + std::string(900, 'x'));
  run_until([this] { return server->requests_in_progress() == 1; });
  Client second = connect();
  const Reply refused = second.exchange(request("POST /echo", {}, std::string(200, 'y')));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  first.send("x");
  EXPECT_EQ(first.reply().body.size(), 901U);
  Client third = connect();
  EXPECT_EQ(third.exchange(request("POST /echo", {}, std::string(1000, 'z'))).body.size(), 1000U)
      << "what ended no longer counts";
}

TEST_F(BodiesTest, GivenACompressedBody_WhenSent_ThenItIsNotInflated) {
  route("POST", "/echo", echo_body);
  start();
  EXPECT_EQ(connect().exchange(request("POST /echo", "Content-Encoding: gzip\r\n", "\x1f\x8b")).status, 415);
}

TEST_F(BodiesTest, GivenAClientThatLeavesInItsBody_WhenGone_ThenTheServerGoesOn) {
  route("POST", "/echo", echo_body);
  start();
  {
    Client client = connect();
    client.send(request("POST /echo", "Content-Length: 10\r\n") + "abc");
    run_until([this] { return server->requests_in_progress() == 1; });
  }
  run_until([this] { return server->connections() == 0; });
  EXPECT_EQ(connect().exchange(request("POST /echo", {}, "x")).body, "x");
}

}  // namespace
}  // namespace cus::web
