// SPDX-License-Identifier: Apache-2.0
#include "cus/net/http.hpp"
#include "net/stream_fixture.hpp"

namespace cus::net {
namespace {

Task<> write_pieces(Stream& stream, std::string first, std::string second) {
  const Result<> sent = co_await stream.write(first, soon());
  EXPECT_TRUE(sent.has_value());
  // The reader runs until it waits for more.
  for (int turn = 0; turn < 3; ++turn) co_await sleep_until(Clock::now());
  const Result<> rest = co_await stream.write(second, soon());
  EXPECT_TRUE(rest.has_value());
}

class HttpConnectionTest : public StreamTest {
 protected:
  HttpConnection connection(HttpLimits limits = {}) {
    auto [a, b] = make_pair();
    peer_ = std::move(a);
    return HttpConnection(std::move(b), limits);
  }
  // A connection on which `bytes` have arrived and then the end.
  HttpConnection with(std::string_view bytes, HttpLimits limits = {}) {
    HttpConnection made = connection(limits);
    write(*peer_, bytes);
    peer_->shutdown_send();
    return made;
  }
  Code request_error(std::string_view bytes, HttpLimits limits = {}) {
    HttpConnection made = with(bytes, limits);
    const auto head = run(made.read_request(soon()));
    return head ? Code::internal : head.error().code;
  }
  // Whether the peer ended before another message began.
  bool ended(HttpConnection& made) {
    const auto head = run(made.read_request(soon()));
    return head && !head->has_value();
  }
  StreamPtr peer_;
};

TEST_F(HttpConnectionTest, GivenARequest_WhenRead_ThenAllOfItsHeadIsThere) {
  HttpConnection made = with(
      "POST /x?y HTTP/1.1\r\nHost: a\r\nX: 1\r\nx: 2\r\nContent-Length: 3\r\n"
      "Expect: 100-continue\r\nConnection: close\r\n\r\nabc");
  const auto head = run(made.read_request(soon()));
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->method, "POST");
  EXPECT_EQ((*head)->target, "/x?y");
  EXPECT_EQ((*head)->version, 11);
  EXPECT_EQ((*head)->headers.count("X"), 2U);
  EXPECT_EQ((*head)->content_length, 3U);
  EXPECT_TRUE((*head)->expects_continue);
  EXPECT_FALSE((*head)->keep_alive);
  EXPECT_FALSE((*head)->chunked);
  EXPECT_FALSE(made.message_done());
  EXPECT_EQ(run(made.read_body(3, soon())), "abc");
  EXPECT_TRUE(made.message_done());
  EXPECT_TRUE(ended(made));
}

TEST_F(HttpConnectionTest, GivenTwoRequestsWithBodies_WhenCutAtEveryPlace_ThenBothAreRead) {
  const std::string bytes =
      "POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x\r\nde\r\n0\r\nT: "
      "u\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nfour";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    HttpConnection made = connection();
    spawn(loop_.get_executor(), "write", write_pieces(*peer_, bytes.substr(0, cut), bytes.substr(cut)));
    for (const auto& [target, body] : {std::pair{"/1", "abcde"}, std::pair{"/2", "four"}}) {
      const auto head = run(made.read_request(soon()));
      ASSERT_TRUE(head && *head) << cut;
      EXPECT_EQ((*head)->target, target) << cut;
      EXPECT_EQ(run(made.read_body(100, soon())), body) << cut;
      EXPECT_TRUE(made.message_done()) << cut;
    }
    run(sleep_until(Clock::now()));
  }
}

TEST_F(HttpConnectionTest, GivenAFoldedHeader_WhenCutAtEveryPlace_ThenItIsRefused) {
  for (const std::string bytes :
       {"GET / HTTP/1.1\r\nHost: a\r\n b\r\nX: y\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: y\r\n\tz\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: a\r\n\r\n"}) {
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      auto [a, b] = make_pair();
      HttpConnection made(std::move(b), bytes.substr(0, cut));
      write(*a, bytes.substr(cut));
      a->shutdown_send();
      const auto head = run(made.read_request(soon()));
      ASSERT_FALSE(head) << bytes << cut;
      EXPECT_EQ(head.error().code, Code::protocol) << bytes << cut;
    }
  }
}

// Nothing more comes: what is there must do.
TEST_F(HttpConnectionTest, GivenAChunkedBodyThatArrivedAtOnce_WhenRead_ThenItNeedsNoFurtherBytes) {
  HttpConnection made = connection();
  write(*peer_, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
  ASSERT_TRUE(run(made.read_request(soon())));
  EXPECT_EQ(run(made.read_body(100, at_once())), "abcde");
}

TEST_F(HttpConnectionTest, GivenARead_WhenItsDeadlinePasses_ThenTheNextOneGoesOnWhereItWas) {
  HttpConnection made = connection();
  write(*peer_, "POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc");
  ASSERT_TRUE(run(made.read_request(soon())));
  std::array<char, 10> into{};
  EXPECT_EQ(run(made.read_body_some(into, soon())), 3U);
  EXPECT_EQ(run(made.read_body_some(into, at_once())).error().code, Code::timed_out);
  write(*peer_, "def");
  EXPECT_EQ(run(made.read_body_some(into, soon())), 3U);
  EXPECT_EQ(run(made.read_body_some(into, soon())), 0U);
}

TEST_F(HttpConnectionTest,
       GivenThePeerLeaves_WhenNothingPartOrAllOfAMessageIsThere_ThenTheThreeAreToldApart) {
  HttpConnection nothing = with("");
  EXPECT_TRUE(ended(nothing));
  EXPECT_EQ(request_error("GET / HT"), Code::io);
  EXPECT_EQ(request_error("GET / HTTP/1.1\r\nHost: a\r\n"), Code::io);
  for (const char* part :
       {"Content-Length: 9\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    HttpConnection body = with(std::string("POST / HTTP/1.1\r\n") + part);
    ASSERT_TRUE(run(body.read_request(soon())));
    EXPECT_EQ(run(body.read_body(100, soon())).error().code, Code::io) << part;
  }
}

TEST_F(HttpConnectionTest, GivenAHeadBeyondTheLimit_WhenRead_ThenItIsTooLarge) {
  const HttpLimits small{.head_bytes = 200};
  EXPECT_EQ(request_error("GET /" + std::string(300, 'x') + " HTTP/1.1\r\n\r\n", small), Code::too_large);
  EXPECT_EQ(request_error("GET / HTTP/1.1\r\nA: " + std::string(300, 'x') + "\r\n\r\n", small),
            Code::too_large);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 60; ++i) many += "a: b\r\n";
  EXPECT_EQ(request_error(many + "\r\n", small), Code::too_large);
  EXPECT_EQ(request_error(std::string(300, 'x'), small), Code::too_large);
}

TEST_F(HttpConnectionTest, GivenABodyBeyondTheLimit_WhenRead_ThenItIsTooLargeHoweverItWasAnnounced) {
  for (const char* part :
       {"Content-Length: 6\r\n\r\nabcdef", "Transfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n0\r\n\r\n"}) {
    HttpConnection made = with(std::string("POST / HTTP/1.1\r\n") + part);
    ASSERT_TRUE(run(made.read_request(soon())));
    EXPECT_EQ(run(made.read_body(5, soon())).error().code, Code::too_large) << part;
  }
}

TEST_F(HttpConnectionTest, GivenAChunkHeaderWithoutEnd_WhenRead_ThenItEndsAsAProtocolErrorAndNotInMemory) {
  HttpConnection made =
      with("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(60'000, 'x'));
  ASSERT_TRUE(run(made.read_request(soon())));
  EXPECT_EQ(run(made.read_body(100, soon())).error().code, Code::protocol);
}

class MalformedRequest : public HttpConnectionTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(MalformedRequest, GivenAHeadThatTwoReadersCouldReadTwoWays_WhenRead_ThenItIsAProtocolError) {
  EXPECT_EQ(request_error(GetParam()), Code::protocol);
}
INSTANTIATE_TEST_SUITE_P(
    Table, MalformedRequest,
    ::testing::Values(
        "GET / HTTP/1.1\nHost: a\n\n", "GET /\r\n\r\n", " GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nA\r\n\r\n", "GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\n A: b\r\n\r\n",
        "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n", std::string("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24),
        "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n", "G\x01T / HTTP/1.1\r\n\r\n", "GET / HTTX/1.1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nab", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 0x1\r\n\r\na", "POST / HTTP/1.1\r\nContent-Length: \r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "\x16\x03\x01\x02"));

TEST_F(HttpConnectionTest, GivenAnswersWithoutABody_WhenRead_ThenTheNextAnswerFollowsAtOnce) {
  HttpConnection made = with(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
      "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"
      "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
  for (const int status : {100, 204, 304}) {
    const auto head = run(made.read_response(soon()));
    ASSERT_TRUE(head);
    EXPECT_EQ(head->status, status);
    EXPECT_EQ(run(made.read_body(10, soon())), "");
  }
  const auto to_head = run(made.read_response(soon(), true));
  ASSERT_TRUE(to_head);
  EXPECT_EQ(to_head->content_length, 7U);
  EXPECT_EQ(run(made.read_body(10, soon())), "");
  const auto last = run(made.read_response(soon()));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->status, 201);
  EXPECT_EQ(run(made.read_body(10, soon())), "x");
}

TEST_F(HttpConnectionTest, GivenAnAnswerWithoutALength_WhenThePeerEnds_ThenThatIsTheEndOfTheBody) {
  HttpConnection made = with("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  const auto head = run(made.read_response(soon()));
  ASSERT_TRUE(head);
  EXPECT_FALSE(head->keep_alive);
  EXPECT_EQ(run(made.read_body(100, soon())), "until the end");
}

TEST_F(HttpConnectionTest, GivenNoAnswer_WhenThePeerEnds_ThenItIsAnError) {
  HttpConnection made = with("");
  EXPECT_EQ(run(made.read_response(soon())).error().code, Code::io);
}

TEST_F(HttpConnectionTest, GivenASwitchOfProtocols_WhenReleased_ThenTheBytesBehindTheHeadAreNotLost) {
  HttpConnection made = connection();
  write(*peer_, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nframe");
  const auto head = run(made.read_response(soon()));
  ASSERT_TRUE(head);
  EXPECT_TRUE(head->upgraded);
  EXPECT_TRUE(made.has_buffered());
  auto [stream, rest] = made.release();
  EXPECT_EQ(rest, "frame");
  write(*peer_, "next");
  EXPECT_EQ(read(*stream), "next");
}

TEST_F(HttpConnectionTest, GivenBytesReadBefore_WhenARequestIsRead_ThenTheyAreItsBeginning) {
  auto [a, b] = make_pair();
  HttpConnection made(std::move(b), std::string("GET /x HT"));
  EXPECT_TRUE(made.has_buffered());
  write(*a, "TP/1.1\r\n\r\n");
  const auto head = run(made.read_request(soon()));
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->target, "/x");
}

TEST_F(HttpConnectionTest, GivenAnIdleConnection_WhenWaitedFor_ThenBytesTheEndAndTheDeadlineAreToldApart) {
  HttpConnection made = connection();
  EXPECT_EQ(run(made.wait_readable(at_once())), false);
  write(*peer_, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(run(made.wait_readable(soon())), true);
  ASSERT_TRUE(run(made.read_request(soon())));
  peer_.reset();
  EXPECT_EQ(run(made.wait_readable(soon())), true);
}

TEST_F(HttpConnectionTest, GivenATooLargeHead_WhenItsFirstLineIsWhole_ThenThatIsKnown) {
  const HttpLimits small{.head_bytes = 200};
  HttpConnection headers = with("GET / HTTP/1.1\r\nA: " + std::string(300, 'x') + "\r\n\r\n", small);
  EXPECT_FALSE(run(headers.read_request(soon())));
  EXPECT_TRUE(headers.has_request_line());
  HttpConnection line = with("GET /" + std::string(300, 'x') + " HTTP/1.1\r\n\r\n", small);
  EXPECT_FALSE(run(line.read_request(soon())));
  EXPECT_FALSE(line.has_request_line());
}

}  // namespace
}  // namespace cus::net
