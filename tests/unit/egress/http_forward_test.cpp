// SPDX-License-Identifier: Apache-2.0
#include "egress/proxy_fixture.hpp"

namespace cus::egress {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string get(const Origin& origin, std::string_view path, std::string_view more = "") {
  return "GET http://" + origin.at(path) + " HTTP/1.1\r\nHost: " + origin.at() + "\r\n" + std::string(more) +
         "\r\n";
}

using Forward = EgressTest;

TEST_F(Forward, GivenARequest_WhenForwarded_ThenTheServerSeesOriginFormAndNoProxyHeaders) {
  const Origin origin(loop_, describing());
  const std::string answer =
      ask(get(origin, "/a?b", "Proxy-Authorization: x\r\nX-Mine: 1\r\nConnection: close\r\n"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("GET /a?b 0"));
  ASSERT_EQ(origin.seen().requests.size(), 1U);
  EXPECT_EQ(origin.seen().requests[0],
            "GET /a?b HTTP/1.1\r\nHost: " + origin.at() + "\r\nX-Mine: 1\r\nConnection: close\r\n\r\n");
}

TEST_F(Forward, GivenManyRequestsToTwoServersOnOneConnection_WhenForwarded_ThenEachReachesItsOwn) {
  const Origin first(loop_, describing());
  const Origin second(loop_, describing());
  Client client = connect(Entry::http);
  for (int i = 0; i < 20; ++i) {
    const std::string path = "/" + std::to_string(i);
    client.send(get(i % 2 == 0 ? first : second, path));
    EXPECT_THAT(client.read_until(" 0"), HasSubstr("GET " + path));
  }
  EXPECT_EQ(first.seen().requests.size(), 10U);
  EXPECT_EQ(second.seen().requests.size(), 10U);
  EXPECT_EQ(egress_->open_connections(), 1U);
}

TEST_F(Forward, GivenPipelinedRequests_WhenForwarded_ThenTheAnswersComeInOrder) {
  const Origin origin(loop_, describing());
  const std::string answers =
      ask(get(origin, "/1") + get(origin, "/2") + get(origin, "/3", "Connection: close\r\n"));
  EXPECT_LT(answers.find("GET /1"), answers.find("GET /2"));
  EXPECT_THAT(answers, EndsWith("GET /3 0"));
}

TEST_F(Forward, GivenABodyWithALength_WhenForwarded_ThenItArrivesWholeAndTheConnectionStays) {
  const Origin origin(loop_, describing());
  const std::string body(300'000, 'x');
  Client client = connect(Entry::http);
  client.send("PUT http://" + origin.at("/up") + " HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" +
              body);
  EXPECT_THAT(client.read_until("PUT /up 300000"), Not(HasSubstr("close")));
  EXPECT_EQ(origin.seen().bodies, body);
  client.send(get(origin, "/next"));
  EXPECT_THAT(client.read_until(" 0"), HasSubstr("GET /next"));
}

TEST_F(Forward, GivenAChunkedBody_WhenForwarded_ThenItArrivesWithoutItsExtensionsAndTrailers) {
  const Origin origin(loop_, describing());
  Client client = connect(Entry::http);
  client.send("POST http://" + origin.at("/") +
              " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              "5;x=\"y\"\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nX-Trailer: 1\r\n\r\n");
  client.read_until("POST / 11");
  EXPECT_EQ(origin.seen().bodies, "hello world");
  EXPECT_THAT(origin.seen().requests[0], HasSubstr("Transfer-Encoding: chunked"));
}

TEST_F(Forward, GivenAChunkedAnswer_WhenForwarded_ThenItStaysChunkedAndTheConnectionStays) {
  const Origin origin(loop_, answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                       "3;e\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n"));
  Client client = connect(Entry::http);
  for (int i = 0; i < 3; ++i) {
    client.send(get(origin, "/"));
    EXPECT_EQ(client.read_until("0\r\n\r\n"),
              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n");
  }
}

TEST_F(Forward, GivenAnAnswerThatEndsWithTheConnection_WhenForwarded_ThenTheClientSeesItsEnd) {
  const Origin origin(loop_, answering("HTTP/1.1 200 OK\r\n\r\nall of it"));
  Client client = connect(Entry::http);
  client.send(get(origin, "/"));
  EXPECT_THAT(client.read_until("0\r\n\r\n"), HasSubstr("9\r\nall of it\r\n0\r\n\r\n"));
  // A client of HTTP/1.0 knows no chunks.
  const std::string old = ask("GET http://" + origin.at("/") + " HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nall of it");
}

TEST_F(Forward, GivenAnAnswerThatBreaksOff_WhenForwarded_ThenTheClientCanTell) {
  const Origin length(loop_, answering("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  EXPECT_THAT(ask(get(length, "/")), EndsWith("\r\n\r\nhalf"));
  const Origin chunks(loop_, answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
  EXPECT_THAT(ask(get(chunks, "/")), EndsWith("4\r\nhalf\r\n"));
}

class Bodiless : public EgressTest,
                 public ::testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(Bodiless, GivenAnAnswerWithoutABody_WhenForwarded_ThenTheNextRequestIsAnsweredToo) {
  const auto& [method, status] = GetParam();
  const Origin origin(loop_, answering("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 7\r\n\r\n"));
  const Origin next(loop_, describing());
  Client client = connect(Entry::http);
  client.send(std::string(method) + " http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 " + std::string(status)));
  client.send(get(next, "/after"));
  EXPECT_THAT(client.read_until(" 0"), HasSubstr("GET /after"));
}
INSTANTIATE_TEST_SUITE_P(Table, Bodiless,
                         ::testing::Values(std::pair{"HEAD", "200 OK"}, std::pair{"GET", "204 No Content"},
                                           std::pair{"GET", "304 Not Modified"}));

TEST_F(Forward, GivenAClientThatExpectsContinue_WhenTheServerAgrees_ThenTheBodyFollows) {
  const Origin origin(loop_, [](net::StreamPtr stream, std::shared_ptr<Seen> seen) -> Task<> {
    net::HttpConnection connection(std::move(stream));
    const auto head = co_await connection.read_request(after(std::chrono::seconds(15)));
    if (!head || !*head || !(*head)->expects_continue) co_return;
    const Result<> asked = co_await connection.write("HTTP/1.1 100 Continue\r\n\r\n", no_deadline);
    const auto body = co_await connection.read_body(1000, after(std::chrono::seconds(15)));
    seen->bodies = asked && body ? *body : "(broken)";
    co_await connection.write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n", no_deadline);
  });
  Client client = connect(Entry::http);
  client.send("POST http://" + origin.at("/") +
              " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("body");
  EXPECT_THAT(client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_EQ(origin.seen().bodies, "body");
}

// The server answers 417 without reading: the client gets that, and the end.
Task<> refuse_expectation(net::StreamPtr stream, std::shared_ptr<Seen>) {
  net::HttpConnection connection(std::move(stream));
  const auto head = co_await connection.read_request(after(std::chrono::seconds(15)));
  if (!head) co_return;
  co_await connection.write("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\n\r\nno", no_deadline);
}

TEST_F(Forward, GivenAClientThatExpectsContinue_WhenTheServerRefuses_ThenTheAnswerEndsTheConnection) {
  const Origin origin(loop_, &refuse_expectation);
  const std::string answer = ask("POST http://" + origin.at("/") +
                                 " HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 417 Expectation Failed\r\n"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nno"));
}

TEST_F(Forward, GivenAServerThatAnswersBeforeTheBodyIsThere_WhenTheClientGoesOnSending_ThenItSeesTheAnswer) {
  const Origin origin(loop_, &refuse_expectation);
  Client client = connect(Entry::http);
  client.send("POST http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n");
  EXPECT_THAT(client.read_until("no"), HasSubstr("417"));
  client.send(std::string(500'000, 'x'));
  client.half_close();
  EXPECT_EQ(client.read_to_end(), "");
}

TEST_F(Forward, GivenAnUpgrade_WhenTheServerSwitches_ThenBytesGoBothWays) {
  const Origin origin(loop_, [](net::StreamPtr stream, std::shared_ptr<Seen> seen) -> Task<> {
    net::HttpConnection connection(std::move(stream));
    const auto head = co_await connection.read_request(after(std::chrono::seconds(15)));
    if (!head || !*head || !(*head)->upgrade) co_return;
    const Result<> switched = co_await connection.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhi:", no_deadline);
    if (!switched) co_return;
    auto [raw, rest] = connection.release();
    co_await echoing()(net::make_prefixed_stream(std::move(rest), std::move(raw)), seen);
  });
  Client client = connect(Entry::http);
  client.send(get(origin, "/", "Connection: Upgrade\r\nUpgrade: echo\r\n"));
  EXPECT_THAT(client.read_until("\r\n\r\n"), HasSubstr("Upgrade: echo\r\n"));
  client.send("ping");
  EXPECT_EQ(client.read_exactly(7), "hi:ping");
  client.half_close();
  EXPECT_EQ(client.read_to_end(), "bye");
}

TEST_F(Forward, GivenAServerThatSwitchesUnasked_WhenForwarded_ThenItIsABadGateway) {
  const Origin origin(loop_, answering("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"));
  EXPECT_THAT(ask(get(origin, "/")), StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
}

TEST_F(Forward, GivenEndlessInterimAnswers_WhenForwarded_ThenItIsABadGateway) {
  std::string answers;
  for (int i = 0; i < 50; ++i) answers += "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const Origin origin(loop_, answering(answers));
  EXPECT_THAT(ask(get(origin, "/")), HasSubstr("HTTP/1.1 502 Bad Gateway\r\n"));
}

class BadAnswer : public EgressTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(BadAnswer, GivenAServerThatSpeaksNoHttp_WhenForwarded_ThenItIsABadGateway) {
  const Origin origin(loop_, answering(GetParam()));
  EXPECT_THAT(ask(get(origin, "/")), StartsWith("HTTP/1.1 502 Bad Gateway\r\n"));
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadAnswer,
    ::testing::Values("", "hello\r\n\r\n", "HTTP/1.1 200", "HTTP/1.1 099 X\r\n\r\n",
                      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
                      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
                      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nA\r\n\r\n",
                      "HTTP/1.1 200 OK\r\nA: " + std::string(70'000, 'x') + "\r\n\r\n"));

class BadRequestHead : public EgressTest, public ::testing::WithParamInterface<std::string> {};

// Request smuggling rows too: where two readers could see two ends, there is none.
TEST_P(BadRequestHead, GivenAHeadThatIsNotOneProxyRequest_WhenSent_ThenItIsRefusedAndNothingGoesOut) {
  const Origin origin(loop_, describing());
  std::string head = GetParam();
  while (head.contains("ORIGIN")) head.replace(head.find("ORIGIN"), 6, origin.at());
  const std::string answer = ask(head);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 4"));
  EXPECT_THAT(answer, Not(HasSubstr("\nHTTP/1.1 ")));
  EXPECT_EQ(origin.seen().connections, 0U);
}
INSTANTIATE_TEST_SUITE_P(
    Table, BadRequestHead,
    ::testing::Values(
        "GET / HTTP/1.1\r\nHost: ORIGIN\r\n\r\n", "GET * HTTP/1.1\r\nHost: ORIGIN\r\n\r\n",
        "GET https://ORIGIN/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET ftp://ORIGIN/ HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET http://u:p@ORIGIN/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://ORIGIN/ HTTP/1.1\r\n\r\n",
        "GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET http://ORIGIN/ HTTP/2.0\r\nHost: a\r\n\r\n", "GET http://ORIGIN/ HTTP/1.2\r\nHost: a\r\n\r\n",
        "GET  http://ORIGIN/ HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://ORIGIN/ HTTP/1.1\nHost: a\n\n",
        "GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n",
        "GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n",
        std::string("GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nA: \0\r\n\r\n", 46),
        "GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: "
        "3\r\n\r\n0\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST http://ORIGIN/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "CONNECT ORIGIN HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
        "CONNECT ORIGIN/ HTTP/1.1\r\n\r\n", "CONNECT 127.0.0.1 HTTP/1.1\r\n\r\n",
        "CONNECT http://ORIGIN HTTP/1.1\r\n\r\n", "CONNECT ORIGIN HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "\x16\x03\x01\x02\x01\x01\xfc\x03\x03 hello tls", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET http://ORIGIN/ HTTP/1.1\r\nHost: a\r\nA: " + std::string(70'000, 'x') + "\r\n\r\n"));

TEST_F(Forward, GivenAMalformedChunk_WhenForwarded_ThenTheRequestIsNotCompletedAtTheServer) {
  const Origin origin(loop_, describing());
  const std::string answer =
      ask("POST http://" + origin.at("/") +
          " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n");
  EXPECT_THAT(answer, Not(HasSubstr("200 OK")));
  EXPECT_EQ(origin.seen().bodies, "");
}

}  // namespace
}  // namespace cus::egress
