// SPDX-License-Identifier: Apache-2.0
#include "cus/net/http.hpp"
#include "net/stream_fixture.hpp"

namespace cus::net {
namespace {

using PrefixedStreamTest = StreamTest;

TEST_F(PrefixedStreamTest, GivenAPrefix_WhenRead_ThenItComesFirstInPiecesAndThenTheStream) {
  auto [a, b] = make_pair();
  const StreamPtr stream = make_prefixed_stream("abcde", std::move(b));
  write(*a, "fg");
  EXPECT_EQ(read(*stream, soon(), 2), "ab");
  EXPECT_EQ(read(*stream, soon(), 2), "cd");
  EXPECT_EQ(read(*stream, soon(), 2), "e");
  EXPECT_EQ(read(*stream, soon(), 2), "fg");
  EXPECT_EQ(read(*stream, at_once()), "timed_out");
}

TEST_F(PrefixedStreamTest, GivenAPrefix_WhenThePeerHasLeft_ThenThePrefixIsStillReadable) {
  auto [a, b] = make_pair();
  const StreamPtr stream = make_prefixed_stream("abc", std::move(b));
  a.reset();
  EXPECT_EQ(run(stream->wait_readable(at_once())), true);
  EXPECT_FALSE(stream->peer_closed());
  EXPECT_EQ(read(*stream), "abc");
  EXPECT_TRUE(stream->peer_closed());
  EXPECT_EQ(read(*stream), "");
}

TEST_F(PrefixedStreamTest, GivenAPrefix_WhenWrittenAndHalfClosed_ThenThePeerSeesIt) {
  auto [a, b] = make_pair();
  const StreamPtr stream = make_prefixed_stream("abc", std::move(b));
  write(*stream, "out");
  stream->shutdown_send();
  EXPECT_EQ(read(*a), "out");
  EXPECT_EQ(read(*a), "");
}

TEST_F(PrefixedStreamTest, GivenAPrefix_WhenClosed_ThenNothingIsReadAnyMore) {
  auto [a, b] = make_pair();
  const StreamPtr stream = make_prefixed_stream("abc", std::move(b));
  stream->close();
  EXPECT_EQ(read(*stream), "cancelled");
}

TEST_F(PrefixedStreamTest, GivenNoPrefix_WhenMade_ThenItIsTheStreamItself) {
  auto [a, b] = make_pair();
  Stream* const raw = b.get();
  EXPECT_EQ(make_prefixed_stream("", std::move(b)).get(), raw);
}

}  // namespace
}  // namespace cus::net
