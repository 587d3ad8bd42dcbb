// SPDX-License-Identifier: Apache-2.0
// Cases A01 to A03 with short limits: each phase of a connection has an end.
#include "support.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

class TimeoutsTest : public ServerTest {};

Task<> answer_forever(Exchange& exchange) {
  Result<> sent = co_await exchange.start_events({});
  while (sent) sent = co_await exchange.send_event(std::string(60'000, 'x'), {});
}

TEST_F(TimeoutsTest, GivenAConnectionThatSaysNothing_WhenTheHeadsTimeIsOver_ThenItIsClosed) {
  options.limits.head = 50ms;
  start();
  Client client = connect();
  EXPECT_EQ(client.rest(), "");
}

TEST_F(TimeoutsTest, GivenHalfAHead_WhenItsTimeIsOver_ThenItIs408) {
  options.limits.head = 50ms;
  start();
  Client client = connect();
  client.send("GET / HTTP/1.1\r\nHost: loc");
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 408"));
}

TEST_F(TimeoutsTest, GivenAKeptConnection_WhenIdleTooLong_ThenItIsClosedWithoutAWord) {
  route("GET", "/x", say_path);
  options.limits.idle = 50ms;
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
  EXPECT_EQ(client.rest(), "");
}

TEST_F(TimeoutsTest, GivenASecondHeadThatStalls_WhenItsTimeIsOver_ThenItIs408) {
  route("GET", "/x", say_path);
  options.limits.head = 50ms;
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
  client.send("GET");
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 408"));
}

TEST_F(TimeoutsTest, GivenABodyThatTrickles_WhenAWindowBroughtTooLittle_ThenItIs408) {
  route("POST", "/echo", echo_body);
  options.limits.body_window = 50ms;
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 1000000\r\n") + "x");
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 408"));
}

TEST_F(TimeoutsTest, GivenAReaderThatStopped_WhenNothingMoves_ThenTheConnectionEnds) {
  route("GET", "/flood", answer_forever);
  options.limits.write_stall = 50ms;
  start();
  Client client = connect();
  client.send(request("GET /flood"));
  run_until([this] { return server->counters().requests == 1 && server->requests_in_progress() == 0; });
  client.close();
  run_until([this] { return server->connections() == 0; });
}

}  // namespace
}  // namespace cus::web
