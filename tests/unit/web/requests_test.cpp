// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

namespace cus::web {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class RequestsTest : public ServerTest {};

Task<> throw_bug(Exchange&) {
  throw std::runtime_error("a bug with a secret");
  co_return;
}

Task<> say_nothing(Exchange&) {
  co_return;
}

Task<> answer_twice(Exchange& exchange) {
  const Result<> first = co_await exchange.respond(text_response(200, "first"));
  const Result<> second = co_await exchange.respond(text_response(200, "second"));
  EXPECT_TRUE(first);
  EXPECT_FALSE(second);
}

Task<> answer_large(Exchange& exchange) {
  co_await exchange.respond(text_response(200, std::string(3'000'000, 'x')));
}

Task<> answer_nothing(Exchange& exchange) {
  Response response{.status = 204, .headers = {}, .body = "ignored"};
  response.headers.set("X-Bad", "a\r\nSet-Cookie: b");
  co_await exchange.respond(std::move(response));
}

TEST_F(RequestsTest, GivenARoute_WhenAsked_ThenTheAnswerIsWholeAndHasTheCommonHeaders) {
  route("GET", "/a/*", say_path);
  start();
  const Reply reply = connect().exchange(request("GET /a/b%20c?q=1", "X-Request-Id: me-1\r\n"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, "/a/b c");
  EXPECT_EQ(reply.header("X-Request-Id"), "me-1");
  EXPECT_EQ(reply.header("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(reply.header("Cache-Control"), "no-store");
  EXPECT_EQ(reply.header("Content-Length"), "6");
  EXPECT_THAT(reply.header("Date"), HasSubstr(" GMT"));
}

TEST_F(RequestsTest, GivenAKeptConnection_WhenAskedAgain_ThenItAnswersAgain) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
  EXPECT_EQ(server->counters().accepted, 1U);
  EXPECT_EQ(server->counters().requests, 5U);
}

TEST_F(RequestsTest, GivenPipelinedRequests_WhenSentAtOnce_ThenTheAnswersComeInOrder) {
  route("GET", "/r/*", say_path);
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += request("GET /r/" + std::to_string(i));
    all += request("POST /echo", {}, "body " + std::to_string(i));
  }
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(client.reply().body, "/r/" + std::to_string(i));
    ASSERT_EQ(client.reply().body, "body " + std::to_string(i));
  }
}

TEST_F(RequestsTest, GivenARequestInSingleBytes_WhenItIsWhole_ThenItIsAnswered) {
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  for (const char byte : request("POST /echo", {}, "hello")) client.send(std::string_view(&byte, 1));
  EXPECT_EQ(client.reply().body, "hello");
}

TEST_F(RequestsTest, GivenHead_WhenAsked_ThenThereAreTheHeadersOfGetAndNoBody) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  client.send(request("HEAD /x") + request("GET /x"));
  const Reply head = client.reply("HEAD");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "2");
  EXPECT_EQ(head.body, "");
  EXPECT_EQ(client.reply().body, "/x");
}

TEST_F(RequestsTest, GivenPathsAndMethodsThatAreNot_WhenAsked_ThenTheConnectionGoesOn) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  const Reply missing = client.exchange(request("GET /nowhere"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, R"({"detail":"Not Found"})");
  const Reply wrong = client.exchange(request("DELETE /x"));
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.header("Allow"), "GET, HEAD, OPTIONS");
  EXPECT_EQ(client.exchange(request("BREW /x")).status, 405);
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
}

TEST_F(RequestsTest, GivenAPreflight_WhenAsked_ThenTheBrowserMayGoOn) {
  route("POST", "/mcp", echo_body, Auth::key);
  options.keys = one_key("right-key");
  start();
  Client client = connect();
  const Reply reply = client.exchange(
      request("OPTIONS /mcp", "Origin: http://localhost:6274\r\nAccess-Control-Request-Method: POST\r\n"));
  EXPECT_EQ(reply.status, 204);
  EXPECT_EQ(reply.header("Access-Control-Allow-Origin"), "http://localhost:6274");
  EXPECT_EQ(reply.header("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(reply.header("Content-Length"), "");
  const Reply refused = client.exchange(request("POST /mcp", "Origin: http://localhost:6274\r\n", "{}"));
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.header("Access-Control-Allow-Origin"), "http://localhost:6274");
}

TEST_F(RequestsTest, GivenHttp10_WhenAsked_ThenItIsAnsweredAndClosedUnlessKept) {
  route("GET", "/x", say_path);
  start();
  Client closing = connect();
  closing.send("GET /x HTTP/1.0\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(closing.rest(), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("Connection: close")));
  Client kept = connect();
  const Reply reply = kept.exchange("GET /x HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(reply.header("Connection"), "keep-alive");
  EXPECT_EQ(kept.exchange(request("GET /x")).status, 200);
}

TEST_F(RequestsTest, GivenConnectionClose_WhenAnswered_ThenTheServerCloses) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  client.send(request("GET /x", "Connection: close\r\n"));
  EXPECT_THAT(client.rest(), HasSubstr("Connection: close"));
}

TEST_F(RequestsTest, GivenAHandlerThatThrows_WhenAsked_ThenItIsA500WithoutTheCause) {
  route("GET", "/bug", throw_bug);
  route("GET", "/mute", say_nothing);
  route("GET", "/x", say_path);
  start();
  for (const char* path : {"GET /bug", "GET /mute"}) {
    Client client = connect();
    client.send(request(path, "X-Request-Id: find-me\r\n"));
    EXPECT_THAT(client.rest(),
                AllOf(StartsWith("HTTP/1.1 500"), HasSubstr("find-me"), Not(HasSubstr("secret"))));
  }
  EXPECT_EQ(connect().exchange(request("GET /x")).status, 200);
}

TEST_F(RequestsTest, GivenAHandlerThatAnswersTwice_WhenAsked_ThenOnlyTheFirstIsSent) {
  route("GET", "/twice", answer_twice);
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /twice")).body, "first");
  EXPECT_EQ(client.exchange(request("GET /twice")).body, "first");
}

TEST_F(RequestsTest, GivenALargeAnswer_WhenRead_ThenItIsComplete) {
  route("GET", "/large", answer_large);
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /large")).body.size(), 3'000'000U);
  EXPECT_EQ(client.exchange(request("GET /large")).status, 200);
}

TEST_F(RequestsTest, GivenNoContent_WhenAnswered_ThenThereIsNeitherBodyNorAnInjectedHeader) {
  route("GET", "/none", answer_nothing);
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  client.send(request("GET /none") + request("GET /x", "Connection: close\r\n"));
  EXPECT_THAT(client.rest(), AllOf(StartsWith("HTTP/1.1 204"), Not(HasSubstr("ignored")),
                                   Not(HasSubstr("Set-Cookie")), HasSubstr("HTTP/1.1 200")));
}

TEST_F(RequestsTest, GivenRequests_WhenLogged_ThenThereIsOneJsonLineEachWithoutQueryAndKeys) {
  route("GET", "/x", say_path, Auth::key);
  options.keys = one_key("right-key-of-mine");
  start();
  Client client = connect();
  testing::internal::CaptureStderr();
  client.exchange(
      request("GET /x?ticket=in-query", "Authorization: Bearer right-key-of-mine\r\nX-Request-Id: id-1\r\n"));
  client.exchange(request("GET /x", "X-API-Key: a-wrong-key\r\nX-Request-Id: id-2\r\n"));
  run_until([this] { return server->requests_in_progress() == 0; });
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, AllOf(HasSubstr(R"("request_id":"id-1","method":"GET","path":"/x","status":200)"),
                         HasSubstr(R"("tenant":"default")"), HasSubstr(R"("status":401)")));
  EXPECT_THAT(log, AllOf(Not(HasSubstr("in-query")), Not(HasSubstr("-key"))));
  EXPECT_EQ(std::ranges::count(log, '\n'), 2);
}

}  // namespace
}  // namespace cus::web
