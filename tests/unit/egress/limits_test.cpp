// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <nlohmann/json.hpp>
#include <vector>

#include "cus/base/json.hpp"
#include "cus/base/log.hpp"
#include "egress/proxy_fixture.hpp"
#include "egress/resolver.hpp"

namespace cus::egress {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string connect_to(const Origin& origin) {
  return "CONNECT " + origin.at() + " HTTP/1.1\r\n\r\n";
}

using Limits = EgressTest;

TEST_F(Limits, GivenASandboxAtItsCap_WhenItConnectsOnceMore_ThenItIsToldAndAnotherSandboxIsServed) {
  Options options = open_loopback();
  options.max_connections_per_sandbox = 2;
  start(options);
  const Origin origin(loop_, echoing());
  Client first = connect(Entry::http);
  Client second = connect(Entry::http);
  for (Client* client : {&first, &second}) {
    client->send(connect_to(origin));
    client->read_until("\r\n\r\n");
  }
  EXPECT_THAT(ask(connect_to(origin)),
              StartsWith("HTTP/1.1 429 Egress refused: this sandbox has 2 connections"));
  Client other = connect(Entry::http, std::string(32, 'b'));
  other.send(connect_to(origin));
  EXPECT_THAT(other.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  first.close();
  run_until([this] { return egress_->open_connections() == 2; });
  Client again = connect(Entry::http);
  again.send(connect_to(origin));
  EXPECT_THAT(again.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(Limits, GivenTheServerAtItsCap_WhenAnotherSandboxConnects_ThenItIsUnavailable) {
  Options options = open_loopback();
  options.max_connections = 1;
  start(options);
  const Origin origin(loop_, echoing());
  Client first = connect(Entry::http);
  first.send(connect_to(origin));
  first.read_until("\r\n\r\n");
  Client other = connect(Entry::http, std::string(32, 'b'));
  other.send(connect_to(origin));
  EXPECT_THAT(other.read_to_end(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(Limits, GivenAFloodOfConnections_WhenTheyGoFarBeyondTheCap_ThenTheyAreDroppedAtOnce) {
  Options options = open_loopback();
  options.max_connections_per_sandbox = 2;
  start(options);
  std::vector<Client> flood;
  for (int i = 0; i < 50; ++i) flood.push_back(connect(Entry::http));
  EXPECT_EQ(flood.back().read_to_end(), "");
  EXPECT_LE(egress_->open_connections(), 4U);
}

TEST_F(Limits, GivenATunnelWhereNothingMoves_WhenTheIdleTimeIsOver_ThenItEnds) {
  Options options = open_loopback();
  options.idle_timeout = std::chrono::milliseconds(100);
  start(options);
  const Origin origin(loop_, silent());
  EXPECT_EQ(ask(connect_to(origin)), "HTTP/1.1 200 Connection established\r\n\r\n");
}

TEST_F(Limits, GivenAServerThatNeverAnswers_WhenTheIdleTimeIsOver_ThenItIsAGatewayTimeout) {
  Options options = open_loopback();
  options.idle_timeout = std::chrono::milliseconds(100);
  start(options);
  const Origin origin(loop_, silent());
  EXPECT_THAT(ask("GET http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\n\r\n"),
              StartsWith("HTTP/1.1 504 Gateway Timeout\r\n"));
}

TEST_F(Limits, GivenAClientThatNeverFinishesItsHead_WhenTheIdleTimeIsOver_ThenTheConnectionEnds) {
  Options options = open_loopback();
  options.idle_timeout = std::chrono::milliseconds(100);
  start(options);
  EXPECT_EQ(ask("GET http://a/ HT"), "");
  EXPECT_EQ(ask("\x05", Entry::socks), "");
}

TEST_F(Limits, GivenTheByteCap_WhenMoreWouldMove_ThenTheTunnelEnds) {
  Options options = open_loopback();
  options.max_bytes_per_connection = 100'000;
  start(options);
  const Origin origin(loop_, [](net::StreamPtr stream, std::shared_ptr<Seen>) -> Task<> {
    const std::string block(64 * 1024, 'x');
    for (Result<> sent; sent;) sent = co_await stream->write(block, after(std::chrono::seconds(15)));
  });
  const std::string all = ask(connect_to(origin));
  EXPECT_GE(all.size(), 60'000U);
  EXPECT_LE(all.size(), 100'000U + 33'000U);
}

// A port whose queue of connections is full: the kernel drops what comes next.
TEST_F(Limits, GivenAServerThatDoesNotAcceptConnections_WhenTheConnectTimeIsOver_ThenItIsAGatewayTimeout) {
  namespace asio = boost::asio;
  asio::ip::tcp::acceptor deaf(loop_);
  deaf.open(asio::ip::tcp::v4());
  deaf.bind({asio::ip::address_v4::loopback(), 0});
  deaf.listen(0);
  std::vector<asio::ip::tcp::socket> queue;
  for (int i = 0; i < 4; ++i) {
    auto& socket = queue.emplace_back(loop_);
    socket.async_connect(deaf.local_endpoint(), [](boost::system::error_code) {});
  }
  loop_.restart();
  loop_.run_for(std::chrono::milliseconds(50));
  Options options = open_loopback();
  options.connect_timeout = std::chrono::milliseconds(150);
  start(options);
  const std::string where = "127.0.0.1:" + std::to_string(deaf.local_endpoint().port());
  EXPECT_THAT(ask("CONNECT " + where + " HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 504 " + where + " did not answer in time."));
}

// Holds the pool's only thread until it is let go, as a name server that does not answer would.
class SlowNames : public EgressTest {
 protected:
  void SetUp() override {
    Options options = open_loopback();
    options.connect_timeout = std::chrono::milliseconds(100);
    start(options);
    spawn(loop_.get_executor(), "block", block(pool_, release_.get_future().share()));
    loop_.poll();
  }
  void TearDown() override {
    release_.set_value();
    EgressTest::TearDown();
  }
  static Task<> block(BlockingPool& pool, std::shared_future<void> released) {
    co_await pool.run([released] {
      released.wait();
      return 0;
    });
  }
  std::promise<void> release_;
};

TEST_F(SlowNames, GivenANameServerThatDoesNotAnswer_WhenTheTimeIsOver_ThenItIsAGatewayTimeout) {
  EXPECT_THAT(ask("CONNECT some.name:80 HTTP/1.1\r\n\r\n"),
              StartsWith("HTTP/1.1 504 Looking up some.name took"));
}

TEST_F(SlowNames,
       GivenLookUpsThatNobodyWaitsForAnyMore_WhenASandboxAsksForMore_ThenItsCapHoldsAndOthersGoOn) {
  for (std::size_t i = 0; i < Resolver::max_pending_per_sandbox; ++i) {
    EXPECT_THAT(ask("CONNECT some.name:80 HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 504 "));
  }
  EXPECT_THAT(ask("CONNECT some.name:80 HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 429 "));
  const Origin origin(loop_, echoing());
  Client literal = connect(Entry::http);
  literal.send(connect_to(origin));
  EXPECT_THAT(literal.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  Client other = connect(Entry::http, std::string(32, 'b'));
  other.send("CONNECT some.name:80 HTTP/1.1\r\n\r\n");
  EXPECT_THAT(other.read_to_end(), StartsWith("HTTP/1.1 504 "));
}

TEST_F(Limits, GivenOpenConnections_WhenAllAreClosed_ThenClientsSeeTheEndAndNoneIsLeft) {
  const Origin origin(loop_, silent());
  Client tunnel = connect(Entry::http);
  tunnel.send(connect_to(origin));
  tunnel.read_until("\r\n\r\n");
  Client waiting = connect(Entry::http);
  waiting.send("GET http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\n\r\n");
  run_until([&origin] { return origin.seen().connections == 2; });
  Client fresh = connect(Entry::socks);
  run_until([this] { return egress_->open_connections() == 3; });
  egress_->close_all();
  EXPECT_EQ(tunnel.read_to_end(), "");
  EXPECT_EQ(waiting.read_to_end(), "");
  EXPECT_EQ(fresh.read_to_end(), "");
  EXPECT_EQ(egress_->open_connections(), 0U);
}

Task<> send_without_end(net::StreamPtr stream, std::shared_ptr<Seen> seen) {
  const std::string block(16 * 1024, 'x');
  Result<> sent = co_await stream->write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
                                         after(std::chrono::seconds(15)));
  while (sent) {
    sent = co_await stream->write(block, after(std::chrono::seconds(15)));
    seen->sent += block.size();
  }
}

// The server writes without end; the client reads nothing: what lies between them must stop growing.
TEST_F(Limits, GivenAReaderThatDoesNotRead_WhenTheServerSendsWithoutEnd_ThenOnlyTheBuffersFill) {
  const Origin origin(loop_, &send_without_end);
  Client client = connect(Entry::http);
  client.send("GET http://" + origin.at("/") + " HTTP/1.1\r\nHost: a\r\n\r\n");
  std::size_t before = 1;
  // Still when a whole round of the loop moves nothing.
  while (before != origin.seen().sent) {
    before = origin.seen().sent;
    loop_.restart();
    loop_.run_for(std::chrono::milliseconds(100));
  }
  EXPECT_GT(origin.seen().sent, 0U);
  EXPECT_LT(origin.seen().sent, 16U << 20U);
  // And it goes on when the client does.
  EXPECT_EQ(client.read_exactly(20U << 20U).size(), 20U << 20U);
}

TEST_F(Limits, GivenAConnectionThatEnds_WhenLogged_ThenOneLineSaysWhereToAndHowMuch) {
  const Origin origin(loop_, echoing());
  ::testing::internal::CaptureStderr();
  Client client = connect(Entry::http);
  client.send("CONNECT " + origin.at() + " HTTP/1.1\r\n\r\nping");
  client.half_close();
  client.read_to_end();
  run_until([this] { return egress_->open_connections() == 0; });
  const std::string log = ::testing::internal::GetCapturedStderr();
  const auto line = parse_json(log);
  ASSERT_TRUE(line) << log;
  EXPECT_EQ(get_string(*line, "event"), "egress.end");
  EXPECT_EQ(get_string(*line, "sandbox"), std::string(32, 'a'));
  EXPECT_EQ(get_string(*line, "host"), "127.0.0.1");
  EXPECT_EQ(get_int(*line, "port"), origin.port());
  EXPECT_EQ(get_string(*line, "outcome"), "done");
  EXPECT_GT(get_int(*line, "up").value_or(0), 4);
  EXPECT_GT(get_int(*line, "down").value_or(0), 7);
}

// How the lines of what has ended call the end.
class Outcomes : public EgressTest {
 protected:
  std::string log_of(const std::function<void()>& what) {
    ::testing::internal::CaptureStderr();
    what();
    run_until([this] { return egress_->open_connections() == 0; });
    return ::testing::internal::GetCapturedStderr();
  }
};

TEST_F(Outcomes, GivenARefusal_WhenLogged_ThenTheOutcomeNamesIt) {
  const std::string log = log_of([this] { ask("CONNECT 10.0.0.1:80 HTTP/1.1\r\n\r\n"); });
  EXPECT_THAT(log, HasSubstr("\"outcome\":\"private_address\""));
}

TEST_F(Outcomes, GivenALimit_WhenItEndsATunnel_ThenTheOutcomeNamesIt) {
  Options options = open_loopback();
  options.idle_timeout = std::chrono::milliseconds(50);
  start(options);
  const Origin quiet(loop_, silent());
  EXPECT_THAT(log_of([&] { ask(connect_to(quiet)); }), HasSubstr("\"outcome\":\"idle\""));
  options.max_bytes_per_connection = 60;
  start(options);
  const Origin echo(loop_, echoing());
  EXPECT_THAT(log_of([&] { ask(connect_to(echo) + std::string(500, 'x')); }),
              HasSubstr("\"outcome\":\"byte_limit\""));
}

}  // namespace
}  // namespace cus::egress
