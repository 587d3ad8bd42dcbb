// SPDX-License-Identifier: Apache-2.0
#include "websocket_support.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;

struct Wrong {
  const char* what;
  std::string bytes;
  unsigned code;  // that the peer is told
  Code seen;      // by the handler
};

std::string unmasked() {
  return std::string("\x81\x02hi", 4);
}

// Frames that RFC 6455 forbids, each after a good message.
std::vector<Wrong> wrongs() {
  const std::string text = frame(fin_text, "x");
  return {
      {"unmasked", unmasked(), 1002, Code::protocol},
      {"RSV1, that is compressed", frame(0xC1, "x"), 1002, Code::protocol},
      {"RSV2", frame(0xA1, "x"), 1002, Code::protocol},
      {"RSV3", frame(0x91, "x"), 1002, Code::protocol},
      {"RSV1 in a ping", frame(0xC9, ""), 1002, Code::protocol},
      {"reserved data opcode", frame(0x83, "x"), 1002, Code::protocol},
      {"reserved control opcode", frame(0x8B, "x"), 1002, Code::protocol},
      {"2^63 bytes announced", frame(fin_binary, "", std::uint64_t{1} << 63U), 1009, Code::too_large},
      {"2^64 - 1 bytes announced", frame(fin_binary, "", ~std::uint64_t{0}), 1009, Code::too_large},
      {"one byte over the limit", frame(fin_binary, "", (8U << 20U) + 1), 1009, Code::too_large},
      {"over the limit in sum", frame(0x02, std::string(2'000, 'x')) + frame(0x00, "", 8U << 20U), 1009,
       Code::too_large},
      {"length not in its shortest form", std::string("\x82\xFE\x00\x05\0\0\0\0", 8), 1002, Code::protocol},
      {"fragmented ping", frame(0x09, "x"), 1002, Code::protocol},
      {"fragmented close", frame(0x08, close_payload(1000)), 1002, Code::protocol},
      {"ping of 126 bytes", frame(fin_ping, std::string(126, 'p')), 1002, Code::protocol},
      {"continuation of nothing", frame(fin_continuation, "x"), 1002, Code::protocol},
      {"a message within a message", frame(0x01, "x") + text, 1002, Code::protocol},
      {"invalid UTF-8", frame(fin_text, "\xC3\x28"), 1007, Code::protocol},
      {"half a character at the end", frame(fin_text, "\xE2\x82"), 1007, Code::protocol},
      {"a surrogate", frame(fin_text, "\xED\xA0\x80"), 1007, Code::protocol},
      {"invalid UTF-8 over two frames", frame(0x01, "\xC3") + frame(fin_continuation, "\x28"), 1007,
       Code::protocol},
      {"close of one byte", frame(fin_close, "x"), 1002, Code::protocol},
      {"close with a code nobody may send", frame(fin_close, close_payload(1005)), 1002, Code::protocol},
      {"close with a code below 1000", frame(fin_close, close_payload(999)), 1002, Code::protocol},
      {"close with a reason that is not text", frame(fin_close, close_payload(1000, "\xFF")), 1002,
       Code::protocol},
  };
}

TEST_F(WebSocketTest, GivenFramesTheStandardForbids_WhenSent_ThenTheCloseSaysSoAndTheConnectionEnds) {
  options.limits.linger = 20ms;
  start();
  for (const Wrong& wrong : wrongs()) {
    ended.reset();
    WebSocketClient peer = opened();
    peer.send(frame(fin_text, "good"));
    EXPECT_EQ(peer.next(), (Frame{fin_text, "good"}));
    peer.send(wrong.bytes);
    const std::vector<Frame> rest = peer.rest();
    ASSERT_EQ(rest.size(), 1U) << wrong.what;
    EXPECT_EQ(close_code(rest[0]), wrong.code) << wrong.what;
    EXPECT_EQ(end_code(), wrong.seen) << wrong.what;
  }
  run_until_closed();
}

TEST_F(WebSocketTest, GivenAMessageOverTheLimit_WhenItIsStillOnItsWay_ThenThePeerGetsToReadTheClose) {
  start();
  WebSocketClient peer = opened();
  peer.send(frame(fin_binary, std::string(9U << 20U, 'x')));
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1009U);
  peer.close();
  EXPECT_EQ(end_code(), Code::too_large);
}

TEST_F(WebSocketTest, GivenDataAfterAClose_WhenItComes_ThenNobodySeesIt) {
  start();
  WebSocketClient peer = opened();
  peer.send(frame(fin_close, close_payload(1000)) + frame(fin_text, "too late") + frame(fin_ping, ""));
  const std::vector<Frame> rest = peer.rest();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_EQ(close_code(rest[0]), 1000U);
  peer.close();
  run_until_closed();
  EXPECT_TRUE(messages.empty());
}

TEST_F(WebSocketTest, GivenAMessageOfManyFragments_WhenTheirNumberIsOverTheCap_ThenItIsRefused) {
  socket_options.pieces = 1'000;
  start();
  WebSocketClient peer = opened();
  std::string fragments = frame(0x02, "x");
  for (int i = 0; i < 2'000; ++i) fragments += frame(0x00, "x");
  peer.send(fragments);
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1008U);
  peer.close();
  EXPECT_EQ(end_code(), Code::too_many);
}

TEST_F(WebSocketTest, GivenAMessageOfEmptyFragments_WhenTheyDoNotEnd_ThenItIsRefused) {
  start();
  WebSocketClient peer = opened();
  peer.send(frame(0x02, ""));
  std::string block;
  for (int i = 0; i < 10'000; ++i) block += frame(0x00, "");
  for (int i = 0; i < 10 && !ended; ++i) peer.send(block);
  const auto close = peer.next();
  ASSERT_TRUE(close);
  EXPECT_EQ(close_code(*close), 1008U);
  peer.close();
  EXPECT_EQ(end_code(), Code::too_many);
}

TEST_F(WebSocketTest, GivenAFloodOfPings_WhenItIsOverTheRate_ThenItIsRefusedAfterAsManyPongs) {
  socket_options.control_frames = 10;
  start();
  WebSocketClient peer = opened();
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += frame(fin_ping, std::string(125, 'p'));
  peer.send(flood);
  std::size_t pongs = 0;
  std::optional<Frame> got = peer.next();
  while (got && got->head == fin_pong) {
    ++pongs;
    got = peer.next();
  }
  ASSERT_TRUE(got);
  EXPECT_EQ(close_code(*got), 1008U);
  EXPECT_GE(pongs, 10U);
  EXPECT_LE(pongs, 20U);
  peer.close();
  EXPECT_EQ(end_code(), Code::too_many);
}

TEST_F(WebSocketTest, GivenAFloodOfPings_WhenThePongsAreNotRead_ThenItEndsInTime) {
  socket_options.control_frames = 1'000'000;
  socket_options.idle = 100ms;
  start();
  WebSocketClient peer = opened();
  std::string flood;
  for (int i = 0; i < 10'000; ++i) flood += frame(fin_ping, std::string(125, 'p'));
  for (int i = 0; i < 20 && !ended; ++i) peer.send(flood);
  EXPECT_EQ(end_code(), Code::timed_out);
  run_until_closed();
}

TEST_F(WebSocketTest, GivenAPeerThatGoesOnAfterItWasRefused_WhenItSendsMore_ThenTheConnectionEnds) {
  socket_options.close_wait = 200ms;
  options.limits.linger = 50ms;
  socket_options.pieces = 10;
  start();
  WebSocketClient peer = opened();
  std::string fragments = frame(0x02, "x");
  for (int i = 0; i < 100'000; ++i) fragments += frame(0x00, "x");
  for (int i = 0; i < 5; ++i) peer.send(fragments);
  EXPECT_EQ(end_code(), Code::too_many);
  run_until_closed();
}

}  // namespace
}  // namespace cus::web
