// SPDX-License-Identifier: Apache-2.0
#include "net/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cus::net {
namespace {

struct Decoded {
  std::string body;
  std::size_t consumed = 0;
  bool done = false;
  bool malformed = false;
};

// Feeds the pieces; `room` is the size of the output buffer.
Decoded decode(const std::vector<std::string_view>& pieces, std::size_t room) {
  ChunkDecoder decoder;
  Decoded result;
  std::string output(room, '\0');
  for (std::string_view piece : pieces) {
    for (;;) {
      const auto step = decoder.decode(piece, output);
      result.body += output.substr(0, step.produced);
      result.consumed += step.consumed;
      piece.remove_prefix(step.consumed);
      if (step.consumed == 0 || piece.empty()) break;
    }
  }
  result.done = decoder.done();
  result.malformed = decoder.malformed();
  return result;
}

constexpr std::string_view message =
    "5;ext=\"a b\"\r\nhello\r\n00001\r\n \r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\nOther: y\r\n\r\n";

TEST(ChunkDecoder, GivenABody_WhenCutAtEveryPlace_ThenItDecodesTheSame) {
  for (std::size_t cut = 0; cut <= message.size(); ++cut) {
    for (const std::size_t room : {1U, 3U, 100U}) {
      const Decoded got = decode({message.substr(0, cut), message.substr(cut)}, room);
      EXPECT_EQ(got.body, "hello 0123456789") << cut;
      EXPECT_TRUE(got.done) << cut;
      EXPECT_EQ(got.consumed, message.size()) << cut;
    }
  }
}

TEST(ChunkDecoder, GivenSingleBytes_WhenDecoded_ThenItIsDoneAtTheLastAndNotBefore) {
  std::vector<std::string_view> pieces;
  for (std::size_t i = 0; i < message.size(); ++i) {
    EXPECT_FALSE(decode(pieces, 10).done) << i;
    pieces.push_back(message.substr(i, 1));
  }
  EXPECT_TRUE(decode(pieces, 10).done);
}

TEST(ChunkDecoder, GivenBytesBehindTheBody_WhenDecoded_ThenTheyAreLeft) {
  const Decoded got = decode({"0\r\n\r\nGET / HTTP/1.1\r\n"}, 10);
  EXPECT_TRUE(got.done);
  EXPECT_EQ(got.consumed, 5U);
}

class Malformed : public ::testing::TestWithParam<std::string> {};

TEST_P(Malformed, GivenABodyThatIsNotChunked_WhenDecoded_ThenItIsMalformed) {
  const Decoded got = decode({GetParam()}, 10);
  EXPECT_TRUE(got.malformed);
  EXPECT_FALSE(got.done);
}
INSTANTIATE_TEST_SUITE_P(Table, Malformed,
                         ::testing::Values("\r\n", "x\r\n", "-1\r\n", "+1\r\n", " 1\r\n", "0x1\r\n", "1\nab",
                                           "1\r\r\n", "1\r\nab\r\n", "1\r\na\n", "1\r\na0\r\n\r\n", "0\r\n\n",
                                           "0\r\nA: b\n\r\n", "1;\x01\r\n", "1;a\nb\r\n",
                                           std::string("1;\0\r\n", 5), "0\r\nA\x7f\r\n\r\n",
                                           "10000000000000000\r\n", "ffffffffffffffffff\r\n",
                                           "1;" + std::string(5000, 'x') + "\r\n",
                                           std::string(5000, '0') + "1\r\n",
                                           "0\r\n" + std::string(17000, 'x') + "\r\n\r\n"));

TEST(ChunkDecoder, GivenManyShortTrailers_WhenTogetherTheyAreTooLong_ThenItIsMalformed) {
  std::string text = "0\r\n";
  for (int i = 0; i < 9000; ++i) text += "a:\r\n";
  EXPECT_TRUE(decode({text + "\r\n"}, 10).malformed);
}

TEST(ChunkDecoder, GivenTheLargestChunk_WhenItsHeaderIsRead_ThenItIsNotMalformed) {
  EXPECT_FALSE(decode({"7ffffffffffffff\r\nabc"}, 10).malformed);
}

}  // namespace
}  // namespace cus::net
