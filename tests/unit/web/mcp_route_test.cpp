// SPDX-License-Identifier: Apache-2.0
#include "cus/web/mcp_route.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "mcp/fixture.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using mcp::test::call;
using mcp::test::cancel;
using mcp::test::request;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// One exchange in memory; `gone` makes every write fail, as after a disconnect.
class FakeExchange final : public Exchange {
 public:
  explicit FakeExchange(Executor executor) : executor_(std::move(executor)) {}

  const Request& request() const override { return request_; }
  Executor executor() override { return executor_; }
  Task<Result<std::string>> read_body(std::uint64_t limit) override {
    if (body_error) co_return std::unexpected(*body_error);
    body_was_read = true;
    if (body.size() > limit) co_return fail(Code::too_large, "too large");
    co_return body;
  }
  Task<Result<>> respond(Response r) override {
    if (gone) co_return fail(Code::io, "gone");
    response = std::move(r);
    co_return Result<>{};
  }
  Task<Result<>> start_events(net::Headers) override { return note("start"); }
  Task<Result<>> send_event(std::string_view data, std::string_view id) override {
    return note("event " + std::string(id) + std::string(data));
  }
  Task<Result<>> send_priming(std::string_view id, std::chrono::milliseconds) override {
    return note("priming " + std::string(id));
  }
  Task<Result<>> send_comment(std::string_view) override { return note("comment"); }
  Task<Result<>> end_events() override { return note("end"); }
  Task<bool> peer_gone(Deadline) override {
    while (!gone && !response && (stream.empty() || stream.back() != "end"))
      co_await sleep_until(after(std::chrono::milliseconds(1)));
    co_return gone;
  }

  Request request_;
  std::string body;
  std::optional<Error> body_error;
  bool body_was_read = false;
  bool gone = false;
  std::optional<Response> response;
  std::vector<std::string> stream;

 private:
  Task<Result<>> note(std::string what) {
    if (gone) co_return fail(Code::io, "gone");
    stream.push_back(std::move(what));
    co_return Result<>{};
  }
  Executor executor_;
};

struct McpRoute : mcp::test::ServerTest {
  McpRoute() {
    exchange.request_.tenant = TenantId("acme");
    header("Content-Type", "application/json");
    header("Accept", "application/json, text/event-stream");
    header("X-Chat-Id", "a1");
  }

  void header(const std::string& name, const std::string& value) {
    exchange.request_.headers.fields.push_back({name, value});
  }
  void replace(const std::string& name, const std::string& value) {
    std::erase_if(exchange.request_.headers.fields,
                  [&](const net::Header& field) { return field.name == name; });
    if (!value.empty()) header(name, value);
  }
  const Route& route(std::string_view method, std::string_view path) {
    routes = mcp_routes(server(), web_options);
    for (const Route& candidate : routes) {
      if (candidate.method == method && candidate.path == path) return candidate;
    }
    throw std::runtime_error("no such route");
  }
  Task<int> serve(const Route& chosen) {
    co_await chosen.handle(exchange);
    co_return 0;
  }
  // Serves `body` to its end.
  void post(std::string body, std::string_view path = "/mcp") {
    exchange.body = std::move(body);
    cus::test::run_task(loop, serve(route("POST", path)));
  }
  int status() const { return exchange.response ? exchange.response->status : 0; }
  Json answer() const {
    return exchange.response ? parse_json(exchange.response->body).value_or(nullptr) : Json();
  }
  // Every refusal must be something a client can show.
  void expect_refused(int expected) {
    EXPECT_EQ(status(), expected);
    EXPECT_EQ(answer()["jsonrpc"], "2.0");
    EXPECT_GT(answer()["error"]["message"].get<std::string>().size(), 20U);
  }
  // Runs the loop until `done` holds.
  void run_until(const std::function<bool()>& done) {
    loop.restart();
    while (!done()) ASSERT_GT(loop.run_one_for(10s), 0U);
  }

  McpOptions web_options;
  FakeExchange exchange{loop.get_executor()};
  Routes routes;
};

TEST_F(McpRoute, GivenTheTable_WhenListed_ThenEveryRouteNeedsTheKey) {
  for (const Route& entry : mcp_routes(server(), web_options))
    EXPECT_EQ(entry.auth.get(), Auth::key) << entry.path;
}

TEST_F(McpRoute, GivenARequest_WhenItIsAnsweredAtOnce_ThenTheAnswerIsPlainJson) {
  post(request("ping"));
  EXPECT_EQ(status(), 200);
  EXPECT_EQ(exchange.response->headers.find("Content-Type"), "application/json");
  EXPECT_EQ(answer()["id"], 1);
  EXPECT_THAT(exchange.stream, IsEmpty());
}

TEST_F(McpRoute, GivenATrailingSlash_WhenPosted_ThenItIsTheSameEndpoint) {
  post(request("ping"), "/mcp/");
  EXPECT_EQ(status(), 200);
}

TEST_F(McpRoute, GivenANotification_WhenPosted_ThenItIs202WithoutABody) {
  post(R"({"jsonrpc":"2.0","method":"notifications/initialized"})");
  EXPECT_EQ(status(), 202);
  EXPECT_EQ(exchange.response->body, "");
}

TEST_F(McpRoute, GivenNoSession_WhenAStreamIsAskedForOrASessionEnded_ThenItIsRefused) {
  cus::test::run_task(loop, serve(route("GET", "/mcp")));
  expect_refused(405);
  EXPECT_EQ(exchange.response->headers.find("Allow"), "POST");
  exchange.response.reset();
  cus::test::run_task(loop, serve(route("DELETE", "/mcp")));
  expect_refused(400);
}

TEST_F(McpRoute, GivenInitialize_WhenAnswered_ThenTheSessionIsAHeaderAndEndsOnce) {
  post(request("initialize", R"({"protocolVersion":"2025-11-25"})"));
  const std::string id(exchange.response->headers.find("Mcp-Session-Id").value_or(""));
  EXPECT_EQ(id.size(), 32U);
  header("Mcp-Session-Id", id);
  for (const int expected : {204, 404}) {
    exchange.response.reset();
    cus::test::run_task(loop, serve(route("DELETE", "/mcp")));
    EXPECT_EQ(status(), expected);
  }
}

TEST_F(McpRoute, GivenASession_WhenACallStreams_ThenEachEventHasAnIdAndTheStreamCanBeReadAgain) {
  post(request("initialize", R"({"protocolVersion":"2025-11-25"})"));
  header("Mcp-Session-Id", std::string(*exchange.response->headers.find("Mcp-Session-Id")));
  exchange.response.reset();
  post(call("count", R"(,"_meta":{"progressToken":"t"})"));
  ASSERT_EQ(exchange.stream.size(), 7U);
  EXPECT_EQ(exchange.stream[1], "priming 1-0");
  EXPECT_THAT(exchange.stream[2], HasSubstr("event 1-1{"));
  EXPECT_THAT(exchange.stream[5], HasSubstr("event 1-4{"));
  exchange.stream.clear();
  header("Last-Event-ID", "1-2");
  cus::test::run_task(loop, serve(route("GET", "/mcp")));
  EXPECT_THAT(exchange.stream, ElementsAre("start", HasSubstr("event 1-3{"), HasSubstr("event 1-4{"), "end"));
}

TEST_F(McpRoute, GivenAnotherContentType_WhenPosted_ThenItIs415AndTheBodyIsNotRead) {
  for (const char* type : {"", "text/plain", "application/jsonx", "application/x-www-form-urlencoded"}) {
    replace("Content-Type", type);
    post(request("ping"));
    expect_refused(415);
    EXPECT_FALSE(exchange.body_was_read);
  }
}

TEST_F(McpRoute, GivenJsonWithParameters_WhenPosted_ThenItIsJson) {
  for (const char* type : {"application/json; charset=utf-8", "Application/JSON;charset=UTF-8"}) {
    replace("Content-Type", type);
    post(request("ping"));
    EXPECT_EQ(status(), 200) << type;
  }
}

TEST_F(McpRoute, GivenACompressedBodyOrTwoContentTypes_WhenPosted_ThenItIs415) {
  header("Content-Encoding", "gzip");
  post(request("ping"));
  expect_refused(415);
  replace("Content-Encoding", "identity");
  post(request("ping"));
  EXPECT_EQ(status(), 200);
  header("Content-Type", "text/plain");
  post(request("ping"));
  expect_refused(415);
}

TEST_F(McpRoute, GivenAnAcceptThatTakesNeither_WhenPosted_ThenItIs406) {
  for (const char* accept : {"text/html", "application/json;q=0", "application/json; q=0.0, image/*"}) {
    replace("Accept", accept);
    post(request("ping"));
    expect_refused(406);
  }
}

TEST_F(McpRoute, GivenAToleratedAccept_WhenACallReportsProgress_ThenTheAnswerIsStillPlainJson) {
  for (const char* accept : {"", "*/*", "application/json", "application/*", "text/html, */*;q=0.1"}) {
    replace("Accept", accept);
    post(call("count", R"(,"_meta":{"progressToken":1})"));
    EXPECT_EQ(status(), 200) << accept;
    EXPECT_THAT(exchange.stream, IsEmpty()) << accept;
  }
}

TEST_F(McpRoute, GivenAClientThatTakesOnlyEvents_WhenAnswered_ThenTheAnswerIsAnEvent) {
  replace("Accept", "text/event-stream");
  post(request("ping"));
  EXPECT_THAT(exchange.stream, ElementsAre("start", HasSubstr("event {\"jsonrpc\""), "end"));
  EXPECT_FALSE(exchange.response);
}

TEST_F(McpRoute, GivenAClientThatTakesOnlyEvents_WhenRefused_ThenTheStatusSaysSo) {
  replace("Accept", "text/event-stream");
  post("{");
  expect_refused(400);
  EXPECT_THAT(exchange.stream, IsEmpty());
}

TEST_F(McpRoute, GivenProgress_WhenTheClientTakesEvents_ThenNotificationsComeBeforeTheAnswerAndNoneHasAnId) {
  post(call("count", R"(,"_meta":{"progressToken":"t"})"));
  ASSERT_EQ(exchange.stream.size(), 6U);
  EXPECT_EQ(exchange.stream.front(), "start");
  for (std::size_t i = 1; i <= 3; ++i)
    EXPECT_THAT(exchange.stream[i],
                HasSubstr("event {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\""));
  EXPECT_THAT(exchange.stream[4], HasSubstr("\"result\""));
  EXPECT_EQ(exchange.stream.back(), "end");
}

TEST_F(McpRoute, GivenASilentCall_WhenItTakesLong_ThenTheStreamOpensAndIsKeptAlive) {
  web_options = {.patience = 1ms, .keep_alive = 1ms};
  exchange.body = call("hang", "", "9");
  auto served = boost::asio::co_spawn(loop, serve(route("POST", "/mcp")), boost::asio::use_future);
  run_until([this] { return exchange.stream.size() >= 4; });
  EXPECT_THAT(std::vector(exchange.stream.begin(), exchange.stream.begin() + 4),
              ElementsAre("start", "comment", "comment", "comment"));
  ServerTest::post(cancel("9"));
  run_until([&] { return served.wait_for(0s) == std::future_status::ready; });
  // After a cancel the protocol forbids an answer: the stream just ends.
  EXPECT_EQ(exchange.stream.back(), "end");
  EXPECT_THAT(exchange.stream, testing::Not(testing::Contains(HasSubstr("event"))));
}

TEST_F(McpRoute, GivenACancelledCall_WhenNothingWasSentYet_ThenItIs202) {
  exchange.body = call("hang", "", "9");
  auto served = boost::asio::co_spawn(loop, serve(route("POST", "/mcp")), boost::asio::use_future);
  run_until([this] { return running_calls() == 1; });
  ServerTest::post(cancel("9"));
  run_until([&] { return served.wait_for(0s) == std::future_status::ready; });
  EXPECT_EQ(status(), 202);
  EXPECT_EQ(exchange.response->body, "");
}

TEST_F(McpRoute, GivenALegacyClientThatGoesAway_WhenItsCallRuns_ThenTheHandlerEndsAndTheCallGoesOn) {
  web_options = {.patience = 1ms, .keep_alive = 1ms};
  exchange.body = call("hang", "", "9");
  auto served = boost::asio::co_spawn(loop, serve(route("POST", "/mcp")), boost::asio::use_future);
  run_until([this] { return !exchange.stream.empty(); });
  exchange.gone = true;
  run_until([&] { return served.wait_for(0s) == std::future_status::ready; });
  EXPECT_EQ(running_calls(), 1U);
  ServerTest::post(cancel("9"));
  run_until([this] { return running_calls() == 0; });
}

TEST_F(McpRoute, GivenAModernClientThatGoesAway_WhenItsCallRuns_ThenTheCallIsCancelled) {
  header("MCP-Protocol-Version", "2026-07-28");
  header("Mcp-Method", "tools/call");
  header("Mcp-Name", "hang");
  exchange.body = request("tools/call", R"({"name":"hang",)" + mcp::test::modern_meta.substr(1), "9");
  auto served = boost::asio::co_spawn(loop, serve(route("POST", "/mcp")), boost::asio::use_future);
  run_until([this] { return running_calls() == 1; });
  exchange.gone = true;
  run_until([&] { return served.wait_for(0s) == std::future_status::ready; });
  run_until([this] { return running_calls() == 0; });
  EXPECT_THAT(exchange.stream, IsEmpty());
}

TEST_F(McpRoute, GivenABodyBeyondTheLimit_WhenPosted_ThenItIs413) {
  web_options.max_body_bytes = 10;
  post(request("ping"));
  expect_refused(413);
}

TEST_F(McpRoute, GivenABodyThatDoesNotArrive_WhenPosted_ThenItIsRefusedInKind) {
  exchange.body_error = Error{Code::timed_out, "late", ""};
  post("");
  expect_refused(408);
  exchange.body_error = Error{Code::protocol, "bad chunk", ""};
  post("");
  expect_refused(400);
}

TEST_F(McpRoute, GivenTheVersionHeader_WhenItIsBadOrDouble_ThenItIs400) {
  header("MCP-Protocol-Version", "1999-01-01");
  post(request("ping"));
  expect_refused(400);
  replace("MCP-Protocol-Version", "2025-11-25");
  post(request("ping"));
  EXPECT_EQ(status(), 200);
  header("mcp-protocol-version", "2025-11-25");
  post(request("ping"));
  expect_refused(400);
}

TEST_F(McpRoute, GivenTooManyCalls_WhenRefused_ThenTheClientIsToldWhenToComeBack) {
  options.max_running_calls_per_tenant = 0;
  post(call("echo"));
  expect_refused(429);
  EXPECT_EQ(exchange.response->headers.find("Retry-After"), "1");
}

TEST_F(McpRoute, GivenNoTenant_WhenPosted_ThenItIs401) {
  exchange.request_.tenant.reset();
  post(request("ping"));
  expect_refused(401);
  EXPECT_EQ(exchange.response->headers.find("WWW-Authenticate"), "Bearer");
}

TEST_F(McpRoute, GivenMcpInfo_WhenAsked_ThenItNamesServerToolsAndHeaders) {
  cus::test::run_task(loop, serve(route("GET", "/mcp-info")));
  EXPECT_EQ(status(), 200);
  const Json info = answer();
  EXPECT_EQ(info["name"], "computer-use-server");
  EXPECT_EQ(info["version"], "1.2.3");
  EXPECT_EQ(info["tools"][0], (Json{{"name", "echo"}, {"description", "Does echo."}}));
  EXPECT_EQ(info["headers"]["required"], Json::array({"X-Chat-Id"}));
  EXPECT_EQ(info["headers"]["optional"], Json::array({"X-User-Email", "X-User-Name"}));
  EXPECT_FALSE(info["description"].get<std::string>().empty());
}

TEST_F(McpRoute, GivenABadChatId_WhenPosted_ThenItIs400BeforeTheBody) {
  replace("X-Chat-Id", "../x");
  post(request("ping"));
  expect_refused(400);
  EXPECT_FALSE(exchange.body_was_read);
}

}  // namespace
}  // namespace cus::web
