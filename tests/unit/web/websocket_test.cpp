// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "websocket_support.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using boost::asio::experimental::awaitable_operators::operator&&;
using testing::ElementsAre;

TEST_F(WebSocketTest, GivenAnUpgrade_WhenItIsProper_ThenTheAnswerIsTheOneOfTheStandardsExample) {
  start();
  WebSocketClient peer = client();
  const net::ResponseHead head = peer.open(request("GET /ws", upgrade_fields));
  EXPECT_EQ(head.status, 101);
  EXPECT_EQ(head.headers.find("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_TRUE(head.headers.has_token("Upgrade", "websocket"));
  EXPECT_TRUE(head.headers.has_token("Connection", "upgrade"));
  EXPECT_FALSE(head.headers.find("Sec-WebSocket-Protocol"));
  EXPECT_TRUE(head.headers.find("X-Request-Id"));
}

TEST_F(WebSocketTest, GivenOfferedExtensions_WhenUpgraded_ThenNoneIsAccepted) {
  start();
  WebSocketClient peer = client();
  const net::ResponseHead head = peer.open(
      request("GET /ws", std::string(upgrade_fields) + "Sec-WebSocket-Extensions: permessage-deflate; "
                                                       "client_max_window_bits, permessage-deflate\r\n"));
  EXPECT_EQ(head.status, 101);
  EXPECT_FALSE(head.headers.find("Sec-WebSocket-Extensions"));
}

TEST_F(WebSocketTest, GivenOfferedProtocols_WhenTheRouteSpeaksOne_ThenItIsChosen) {
  socket_options.protocols = {"tty", "vnc"};
  start();
  WebSocketClient peer = client();
  const net::ResponseHead head = peer.open(
      request("GET /ws", std::string(upgrade_fields) + "Sec-WebSocket-Protocol: binary, vnc, tty\r\n"));
  EXPECT_EQ(head.headers.find("Sec-WebSocket-Protocol"), "tty");
  EXPECT_EQ(protocol, "tty");
}

TEST_F(WebSocketTest, GivenMessages_WhenSent_ThenTheyComeBackInOrderAndKind) {
  start();
  WebSocketClient peer = opened();
  peer.send(frame(fin_text, "grüß dich") + frame(fin_binary, std::string("\0\xFF", 2)) + frame(fin_text, ""));
  EXPECT_EQ(peer.next(), (Frame{fin_text, "grüß dich"}));
  EXPECT_EQ(peer.next(), (Frame{fin_binary, std::string("\0\xFF", 2)}));
  EXPECT_EQ(peer.next(), (Frame{fin_text, ""}));
}

TEST_F(WebSocketTest, GivenMessagesOfEverySizeOfHeader_WhenSent_ThenTheyComeBackWhole) {
  start();
  WebSocketClient peer = opened();
  for (const std::size_t size : {125U, 126U, 65'535U, 65'536U, 1'000'003U}) {
    std::string data(size, 'x');
    for (std::size_t i = 0; i < size; i += 7) data[i] = static_cast<char>(i);
    peer.send(frame(fin_binary, data));
    const auto back = peer.next();
    ASSERT_TRUE(back && back->payload == data) << size;
  }
}

TEST_F(WebSocketTest, GivenAFragmentedMessageWithAPingInside_WhenSent_ThenItIsPutTogether) {
  start();
  WebSocketClient peer = opened();
  // The two halves of a character lie in different frames.
  peer.send(frame(0x01, "gr\xC3") + frame(fin_ping, "in between") + frame(0x00, "") +
            frame(fin_continuation, "\xBC\xC3\x9F"));
  EXPECT_EQ(peer.next(), (Frame{fin_pong, "in between"}));
  EXPECT_EQ(peer.next(), (Frame{fin_text, "grüß"}));
}

TEST_F(WebSocketTest, GivenFramesThatComeWithTheRequest_WhenUpgraded_ThenTheyAreRead) {
  start();
  WebSocketClient peer = client();
  EXPECT_EQ(peer.open(request("GET /ws", upgrade_fields) + frame(fin_text, "early")).status, 101);
  EXPECT_EQ(peer.next(), (Frame{fin_text, "early"}));
}

TEST_F(WebSocketTest, GivenAFrameByteByByte_WhenSent_ThenItIsRead) {
  start();
  WebSocketClient peer = opened();
  for (const char byte : frame(fin_text, "slowly")) peer.send({&byte, 1});
  EXPECT_EQ(peer.next(), (Frame{fin_text, "slowly"}));
}

TEST_F(WebSocketTest, GivenAClose_WhenThePeerSendsIt_ThenItIsAnsweredAndTheHandlerLearnsWhy) {
  start();
  WebSocketClient peer = opened();
  peer.send(frame(fin_close, close_payload(4001, "enough")));
  const auto answer = peer.next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(close_code(*answer), 4001U);
  EXPECT_EQ(peer.next(), std::nullopt);
  peer.close();
  EXPECT_EQ(end_code(), Code::cancelled);
  EXPECT_EQ(peer_close.code, 4001);
  EXPECT_EQ(peer_close.text, "enough");
  run_until_closed();
}

TEST_F(WebSocketTest, GivenAConnectionThatBreaks_WhenItIsRead_ThenTheHandlerLearnsIt) {
  start();
  {
    WebSocketClient peer = opened();
    peer.send(frame(0x01, "half"));
    peer.close();
  }
  EXPECT_EQ(end_code(), Code::io);
  run_until_closed();
}

TEST_F(WebSocketTest, GivenTextThatIsNone_WhenTheHandlerWritesIt_ThenOnlyThatIsRefused) {
  std::optional<Code> refused;
  route("GET", "/bad", [&refused](Exchange& exchange) -> Task<> {
    const auto socket = co_await exchange.upgrade({});
    const auto bad = co_await (*socket)->write("\xFF", WebSocket::Kind::text, after(5s));
    if (!bad) refused = bad.error().code;
    co_await (*socket)->write("good", WebSocket::Kind::text, after(5s));
    co_await (*socket)->close(1006, std::string(200, 'r'), after(5s));
  });
  start();
  WebSocketClient peer = client();
  peer.open(request("GET /bad", upgrade_fields));
  EXPECT_EQ(peer.next(), (Frame{fin_text, "good"}));
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1000U) << "1006 must not be sent";
  EXPECT_EQ(close->payload.size(), 125U);
  EXPECT_EQ(refused, Code::invalid_argument);
  peer.send(frame(fin_close, close_payload(1000)));
  EXPECT_EQ(peer.next(), std::nullopt);
}

Task<> write_some_messages(WebSocket& socket, std::string_view data) {
  for (int i = 0; i < 10; ++i) co_await socket.write(data, WebSocket::Kind::binary, after(10s));
}

Task<> two_writers(Exchange& exchange) {
  const auto socket = co_await exchange.upgrade({});
  const std::string a(300'000, 'a');
  const std::string b(300'000, 'b');
  co_await (write_some_messages(**socket, a) && write_some_messages(**socket, b));
  co_await (*socket)->close(WebSocket::normal, "", after(5s));
}

TEST_F(WebSocketTest, GivenTwoWriters_WhenTheySendAtOnce_ThenNoMessageIsMixed) {
  route("GET", "/two", two_writers);
  start();
  WebSocketClient peer = client();
  peer.open(request("GET /two", upgrade_fields));
  for (int i = 0; i < 20; ++i) {
    const auto message = peer.next();
    ASSERT_TRUE(message);
    ASSERT_EQ(message->payload.size(), 300'000U);
    ASSERT_EQ(message->payload.find_first_not_of(message->payload[0]), std::string::npos);
  }
}

Task<> forget_to_close(Exchange& exchange) {
  co_await exchange.upgrade({});
}

TEST_F(WebSocketTest, GivenAHandlerThatReturns_WhenItDidNotClose_ThenThePeerIsTold) {
  route("GET", "/forgotten", forget_to_close);
  start();
  WebSocketClient peer = client();
  peer.open(request("GET /forgotten", upgrade_fields));
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1011U);
}

Task<> upgrade_and_throw(Exchange& exchange) {
  co_await exchange.upgrade({});
  throw std::runtime_error("a bug");
}

TEST_F(WebSocketTest, GivenAHandlerThatThrows_WhenUpgraded_ThenThePeerIsToldAndTheServerGoesOn) {
  route("GET", "/bug", upgrade_and_throw);
  start();
  WebSocketClient peer = client();
  peer.open(request("GET /bug", upgrade_fields));
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1011U);
  EXPECT_EQ(connect().exchange(request("GET /x")).status, 200);
}

TEST_F(WebSocketTest, GivenNothingToRead_WhenTheDeadlineHasPassed_ThenItIsClosedAsGoingAway) {
  read_time = 30ms;
  start();
  WebSocketClient peer = opened();
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1001U);
  peer.send(frame(fin_close, close_payload(1001)));
  peer.close();
  EXPECT_EQ(end_code(), Code::timed_out);
  run_until_closed();
}

TEST_F(WebSocketTest, GivenASilentPeer_WhenItAnswersPings_ThenItStays) {
  socket_options.idle = 100ms;
  start();
  WebSocketClient peer = opened();
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(peer.next(), (Frame{fin_ping, ""}));
    peer.send(frame(fin_pong, ""));
  }
  peer.send(frame(fin_text, "still here"));
  EXPECT_EQ(peer.next(), (Frame{fin_text, "still here"}));
}

TEST_F(WebSocketTest, GivenASilentPeer_WhenItAnswersNoPing_ThenItIsGivenUp) {
  socket_options.idle = 50ms;
  start();
  WebSocketClient peer = opened();
  EXPECT_EQ(end_code(), Code::timed_out);
  run_until_closed();
  EXPECT_THAT(peer.rest(), ElementsAre(Frame{fin_ping, ""}));
}

TEST_F(WebSocketTest, GivenAPeerThatDoesNotRead_WhenTheDeadlineOfAWriteHasPassed_ThenItIsCutOff) {
  write_time = 50ms;
  start();
  WebSocketClient peer = opened();
  const std::string much = frame(fin_binary, std::string(4U << 20U, 'x'));
  for (int i = 0; i < 3 && !ended; ++i) peer.send(much);
  EXPECT_EQ(end_code(), Code::timed_out);
  run_until_closed();
}

TEST_F(WebSocketTest, GivenAPeerThatDoesNotAnswerAClose_WhenItHadItsTime_ThenTheConnectionEnds) {
  read_time = 10ms;
  socket_options.close_wait = 30ms;
  options.limits.linger = 10ms;
  start();
  WebSocketClient peer = opened();
  EXPECT_EQ(end_code(), Code::timed_out);
  run_until_closed();
}

TEST_F(WebSocketTest, GivenMessagesThatAreTooManyForTheServer_WhenOneMoreComes_ThenItIsPutOff) {
  options.limits.body_bytes_total = 100'000;
  start();
  WebSocketClient peer = opened();
  peer.send(frame(fin_binary, std::string(100'001, 'x')));
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1013U);
  peer.close();
  EXPECT_EQ(end_code(), Code::unavailable);
}

TEST_F(WebSocketTest, GivenMessagesOneAfterTheOther_WhenEachIsWithinTheLimit_ThenTheirSumMayBeLarger) {
  options.limits.body_bytes_total = 100'000;
  start();
  WebSocketClient peer = opened();
  for (int i = 0; i < 3; ++i) {
    peer.send(frame(fin_binary, std::string(60'000, 'x')));
    const auto back = peer.next();
    ASSERT_TRUE(back && back->head == fin_binary);
  }
}

TEST_F(WebSocketTest, GivenAServerThatStops_WhenWebSocketsAreOpen_ThenTheyEndWithGoingAway) {
  start();
  WebSocketClient idle = opened();
  WebSocketClient used = opened();
  used.send(frame(fin_text, "x"));
  EXPECT_EQ(used.next(), (Frame{fin_text, "x"}));
  EXPECT_EQ(server->websockets(), 2U);
  EXPECT_EQ(server->requests_in_progress(), 0U) << "a drain does not wait for them";
  const auto begun = Clock::now();
  auto done = boost::asio::co_spawn(loop, server->stop(after(10s)), boost::asio::use_future);
  for (WebSocketClient* peer : {&idle, &used}) {
    const auto close = peer->next();
    ASSERT_TRUE(close);
    EXPECT_EQ(close_code(*close), 1001U);
    peer->send(frame(fin_close, close_payload(1001)));
    EXPECT_EQ(peer->next(), std::nullopt);
    peer->close();
  }
  run_until([&] { return done.wait_for(0s) == std::future_status::ready; });
  stopped = true;
  EXPECT_EQ(ended->code, Code::unavailable);
  EXPECT_EQ(server->connections(), 0U);
  EXPECT_EQ(server->websockets(), 0U);
  EXPECT_LT(Clock::now() - begun, 5s);
}

TEST_F(WebSocketTest, GivenAServerThatStops_WhenAPeerDoesNotCare_ThenItStopsAtItsDeadline) {
  start();
  WebSocketClient peer = opened();
  test::run_task(loop, server->stop(after(50ms)));
  stopped = true;
  EXPECT_EQ(server->connections(), 0U);
}

}  // namespace
}  // namespace cus::web
