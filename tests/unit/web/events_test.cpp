// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "support.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using boost::asio::experimental::awaitable_operators::operator&&;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class EventsTest : public ServerTest {
 public:
  EventsTest() = default;
  EventsTest(const EventsTest&) = delete;
  EventsTest& operator=(const EventsTest&) = delete;
  // Handlers that still wait for `finish` end before it goes.
  ~EventsTest() override {
    finish->set();
    loop.restart();
    loop.poll();
  }

 protected:
  // What a handler saw while it waited for its client to leave.
  struct Watch {
    bool waiting = false;
    std::optional<bool> gone;
  };
  Watch watch;
  std::unique_ptr<Event> finish = std::make_unique<Event>(loop.get_executor());
};

Task<> three_events(Exchange& exchange) {
  net::Headers extra;
  extra.set("Mcp-Session-Id", "abc");
  co_await exchange.start_events(std::move(extra));
  co_await exchange.send_event("{\"n\":1}", "");
  co_await exchange.send_comment("wait");
  co_await exchange.send_event("two\nlines", "7");
  co_await exchange.end_events();
}

Task<> send_many(Exchange& exchange, std::string_view text) {
  for (int i = 0; i < 20; ++i) co_await exchange.send_event(text, {});
}

// Two writers at once, each with events larger than a socket takes in one piece.
Task<> from_two_tasks(Exchange& exchange) {
  co_await exchange.start_events({});
  const std::string a(300'000, 'a');
  const std::string b(300'000, 'b');
  co_await (send_many(exchange, a) && send_many(exchange, b));
  co_await exchange.end_events();
}

Task<> forget_the_end(Exchange& exchange) {
  co_await exchange.start_events({});
  co_await exchange.send_event("x", {});
}

Task<> answer_when(Exchange& exchange, Event& finish) {
  co_await finish.wait();
  co_await exchange.respond(text_response(200, "done"));
}

constexpr std::string_view three_events_text =
    "data: {\"n\":1}\n\n: wait\n\nid: 7\ndata: two\ndata: lines\n\n";

TEST_F(EventsTest, GivenAStream_WhenRead_ThenTheEventsAndTheHeadersAreAsTheContractSays) {
  route("GET", "/events", three_events);
  start();
  Client client = connect();
  for (int i = 0; i < 2; ++i) {
    const Reply reply = client.exchange(request("GET /events"));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, three_events_text);
    EXPECT_EQ(reply.header("Content-Type"), "text/event-stream");
    EXPECT_EQ(reply.header("Cache-Control"), "no-cache, no-transform");
    EXPECT_EQ(reply.header("X-Accel-Buffering"), "no");
    EXPECT_EQ(reply.header("Transfer-Encoding"), "chunked");
    EXPECT_EQ(reply.header("Mcp-Session-Id"), "abc");
  }
}

TEST_F(EventsTest, GivenAnHttp10Client_WhenItReadsAStream_ThenItHasNoChunksAndEndsWithTheConnection) {
  route("GET", "/events", three_events);
  start();
  Client client = connect();
  client.send("GET /events HTTP/1.0\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n");
  const std::string said = client.rest();
  EXPECT_TRUE(said.ends_with("\r\n\r\n" + std::string(three_events_text)));
  EXPECT_THAT(said, AllOf(HasSubstr("Connection: close"), Not(HasSubstr("chunked"))));
}

TEST_F(EventsTest, GivenHead_WhenAskedForAStream_ThenThereIsNoneAndTheConnectionGoesOn) {
  route("GET", "/events", three_events);
  start();
  Client client = connect();
  client.send(request("HEAD /events") + request("GET /events"));
  EXPECT_EQ(client.reply("HEAD").header("Content-Type"), "text/event-stream");
  EXPECT_EQ(client.reply().body, three_events_text);
}

TEST_F(EventsTest, GivenTwoWriters_WhenTheySendAtOnce_ThenNoEventIsMixed) {
  route("GET", "/two", from_two_tasks);
  start();
  const std::string body = connect().exchange(request("GET /two")).body;
  std::size_t events = 0;
  for (std::size_t at = 0; at < body.size(); at += 300'008, ++events) {
    const std::string_view event = std::string_view(body).substr(at, 300'008);
    ASSERT_TRUE(event.starts_with("data: ") && event.ends_with("\n\n"));
    ASSERT_EQ(event.find_first_not_of(event[6], 6), 300'006U);
  }
  EXPECT_EQ(events, 40U);
}

TEST_F(EventsTest, GivenAStreamWithoutItsEnd_WhenTheHandlerReturns_ThenTheClientCanTell) {
  route("GET", "/cut", forget_the_end);
  start();
  Client client = connect();
  client.send(request("GET /cut"));
  EXPECT_THAT(client.rest(), AllOf(HasSubstr("data: x"), Not(HasSubstr("\r\n0\r\n"))));
}

class PeerGoneTest : public EventsTest {
 protected:
  // A handler that waits for `finish` and meanwhile watches its client.
  void open() {
    route("POST", "/watch", [this](Exchange& exchange) { return watch_until_finished(exchange); });
    route("GET", "/x", say_path);
    start();
  }
  Task<> watch_until_finished(Exchange& exchange) {
    co_await exchange.read_body(100);
    co_await (watch_peer(exchange) && answer_when(exchange, *finish));
  }
  Task<> watch_peer(Exchange& exchange) {
    watch.waiting = true;
    watch.gone = co_await exchange.peer_gone(after(10s));
    if (*watch.gone) finish->set();
  }
  void run_until_watching() {
    run_until([this] { return watch.waiting; });
  }
  void expect_gone() {
    run_until([this] { return watch.gone.has_value(); });
    EXPECT_EQ(watch.gone, true);
  }
};

TEST_F(PeerGoneTest, GivenAClientThatCloses_WhenItsCallRuns_ThenTheHandlerLearnsIt) {
  open();
  {
    Client client = connect();
    client.send(request("POST /watch", {}, "{}"));
    run_until_watching();
  }
  expect_gone();
}

TEST_F(PeerGoneTest, GivenAClientThatResets_WhenItsCallRuns_ThenTheHandlerLearnsIt) {
  open();
  {
    Client client = connect(Ending::reset);
    client.send(request("POST /watch", {}, "{}"));
    run_until_watching();
  }
  expect_gone();
}

TEST_F(PeerGoneTest, GivenAClientThatEndsItsSide_WhenItsCallRuns_ThenItCountsAsGone) {
  open();
  Client client = connect();
  client.send(request("POST /watch", {}, "{}"));
  run_until_watching();
  client.half_close();
  expect_gone();
}

TEST_F(PeerGoneTest, GivenAPipelinedRequest_WhenACallRuns_ThenTheClientIsNotGone) {
  open();
  Client client = connect();
  client.send(request("POST /watch", {}, "{}"));
  run_until_watching();
  client.send(request("GET /x"));
  finish->set();
  EXPECT_EQ(client.reply().body, "done");
  EXPECT_EQ(client.reply().body, "/x");
  EXPECT_EQ(watch.gone, false);
}

TEST_F(PeerGoneTest, GivenARequestThatWaitedFromTheStart_WhenACallRuns_ThenTheClientIsNotGone) {
  open();
  Client client = connect();
  client.send(request("POST /watch", {}, "{}") + request("GET /x"));
  run_until_watching();
  finish->set();
  EXPECT_EQ(client.reply().body, "done");
  EXPECT_EQ(client.reply().body, "/x");
  EXPECT_EQ(watch.gone, false);
}

TEST_F(PeerGoneTest, GivenAnAnswer_WhenItIsComplete_ThenTheWatchEndsAndTheConnectionGoesOn) {
  open();
  Client client = connect();
  client.send(request("POST /watch", {}, "{}"));
  run_until_watching();
  finish->set();
  EXPECT_EQ(client.reply().body, "done");
  run_until([this] { return watch.gone.has_value(); });
  EXPECT_EQ(watch.gone, false);
  EXPECT_EQ(client.exchange(request("GET /x")).body, "/x");
}

}  // namespace
}  // namespace cus::web
