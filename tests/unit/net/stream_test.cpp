// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/post.hpp>
#include <filesystem>

#include "net/stream_fixture.hpp"

namespace cus::net {
namespace {

namespace asio = boost::asio;

TEST_F(StreamTest, GivenBytes_WhenRead_ThenTheyArriveAndAfterTheHalfCloseTheEnd) {
  auto [a, b] = make_pair();
  write(*a, "hello");
  a->shutdown_send();
  EXPECT_EQ(read(*b), "hello");
  EXPECT_EQ(read(*b), "");
  write(*b, "still");
  EXPECT_EQ(read(*a), "still");
}

TEST_F(StreamTest, GivenNothingToRead_WhenTheDeadlinePasses_ThenTheReadTimesOutAndTheStreamIsUsable) {
  auto [a, b] = make_pair();
  EXPECT_EQ(read(*b, at_once()), "timed_out");
  EXPECT_EQ(read(*b, after(std::chrono::seconds(-1))), "timed_out");
  write(*a, "late");
  EXPECT_EQ(read(*b), "late");
}

TEST_F(StreamTest, GivenBytesWaiting_WhenTheDeadlineHasPassed_ThenTheyAreReadAllTheSame) {
  auto [a, b] = make_pair();
  write(*a, "x");
  EXPECT_EQ(run(b->wait_readable(after(std::chrono::seconds(-1)))), true);
  EXPECT_EQ(read(*b, after(std::chrono::seconds(-1))), "x");
}

TEST_F(StreamTest, GivenAShortDeadlineAfterALongOne_WhenNothingComes_ThenTheShortOneHolds) {
  auto [a, b] = make_pair();
  write(*a, "x");
  EXPECT_EQ(read(*b, after(std::chrono::hours(1))), "x");
  const Deadline limit = after(std::chrono::seconds(5));
  EXPECT_EQ(read(*b, at_once()), "timed_out");
  EXPECT_LT(Clock::now(), limit);
}

TEST_F(StreamTest, GivenAPeerThatDoesNotRead_WhenTheDeadlinePasses_ThenTheWriteTimesOutAndGoesOnLater) {
  auto [a, b] = make_pair();
  const std::string block(4U << 20U, 'x');
  const auto sent = run(a->write(block, at_once()));
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::timed_out);
  while (read(*b, at_once(), 1U << 20U) != "timed_out") {
  }
  write(*a, "more");
  EXPECT_EQ(read(*b), "more");
}

Task<> write_all(Stream& stream, std::string text) {
  const Result<> sent = co_await stream.write(text, soon());
  EXPECT_TRUE(sent.has_value());
  stream.shutdown_send();
}

TEST_F(StreamTest, GivenAWriteLargerThanAllBuffers_WhenThePeerReads_ThenAllOfItArrives) {
  auto [a, b] = make_pair();
  const std::string text(3'000'000, 'y');
  spawn(loop_.get_executor(), "write", write_all(*a, text));
  EXPECT_EQ(read_to_end(*b), text);
}

Task<> note(Stream& stream, std::string& into, Event& done) {
  std::array<char, 8> bytes{};
  const auto got = co_await stream.read_some(bytes, soon());
  into = got ? std::string(bytes.data(), *got) : std::string(code_name(got.error().code));
  done.set();
}

TEST_F(StreamTest, GivenAPendingRead_WhenTheStreamIsClosed_ThenItEndsAsCancelled) {
  auto [a, b] = make_pair();
  std::string seen;
  Event done(loop_.get_executor());
  spawn(loop_.get_executor(), "read", note(*b, seen, done));
  loop_.poll();
  b->close();
  run(done.wait());
  EXPECT_EQ(seen, "cancelled");
  EXPECT_EQ(read(*b), "cancelled");
  EXPECT_EQ(run(b->write("x", soon())).error().code, Code::cancelled);
  EXPECT_EQ(read(*a), "");
}

TEST_F(StreamTest, GivenAPendingRead_WhenReadsAreCancelled_ThenItEndsAndTheStreamIsUsable) {
  auto [a, b] = make_pair();
  std::string seen;
  Event done(loop_.get_executor());
  spawn(loop_.get_executor(), "read", note(*b, seen, done));
  loop_.poll();
  b->cancel_reads();
  run(done.wait());
  EXPECT_EQ(seen, "cancelled");
  write(*a, "again");
  EXPECT_EQ(read(*b), "again");
}

TEST_F(StreamTest, GivenAPendingReadAndAPendingWrite_WhenThePeerServesBoth_ThenBothEnd) {
  auto [a, b] = make_pair();
  std::string seen;
  Event done(loop_.get_executor());
  const std::string text(2'000'000, 'z');
  spawn(loop_.get_executor(), "read", note(*a, seen, done));
  spawn(loop_.get_executor(), "write", write_all(*a, text));
  loop_.poll();
  write(*b, "reply");
  EXPECT_EQ(read_to_end(*b), text);
  run(done.wait());
  EXPECT_EQ(seen, "reply");
}

TEST_F(StreamTest, GivenAPeer_WhenItLeaves_ThenPeerClosedTellsItButNotBeforeItsBytesAreRead) {
  auto [a, b] = make_pair();
  EXPECT_FALSE(b->peer_closed());
  EXPECT_EQ(run(b->wait_readable(at_once())), false);
  write(*a, "x");
  a.reset();
  EXPECT_FALSE(b->peer_closed());
  EXPECT_EQ(read(*b), "x");
  EXPECT_TRUE(b->peer_closed());
  EXPECT_EQ(run(b->wait_readable(soon())), true);
  EXPECT_EQ(run(b->write("y", soon())).error().code, Code::io);
}

Task<int> count_reads(Stream& stream, const bool& stop) {
  int reads = 0;
  char byte = 0;
  while (!stop) {
    const auto got = co_await stream.read_some({&byte, 1}, soon());
    if (!got || *got == 0) break;
    ++reads;
  }
  co_return reads;
}

// A task that always finds bytes waiting shares the loop with the others.
TEST_F(StreamTest, GivenAStreamThatAlwaysHasMore_WhenRead_ThenOtherTasksGetTheirTurn) {
  auto [a, b] = make_pair();
  write(*a, std::string(50'000, 'x'));
  bool stop = false;
  asio::post(loop_, [this, &stop] { asio::post(loop_, [&stop] { stop = true; }); });
  EXPECT_LT(run(count_reads(*b, stop)), 100);
}

TEST_F(StreamTest, GivenNobodyListening_WhenConnected_ThenItIsUnavailable) {
  const auto missing = run(connect_unix("/nonexistent/socket", soon()));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Code::unavailable);
  asio::ip::tcp::acceptor acceptor(loop_, {asio::ip::address_v4::loopback(), 0});
  const auto endpoint = acceptor.local_endpoint();
  acceptor.close();
  EXPECT_EQ(run(connect_tcp(endpoint, soon())).error().code, Code::unavailable);
}

TEST_F(StreamTest, GivenAPathBeyondTheKernelsLimit_WhenConnected_ThenItIsRefusedWithoutThrowing) {
  EXPECT_EQ(run(connect_unix(std::string(108, 'a'), soon())).error().code, Code::invalid_argument);
  EXPECT_EQ(run(connect_unix("/" + std::string(106, 'a'), soon())).error().code, Code::unavailable);
}

TEST_F(StreamTest, GivenAListener_WhenConnected_ThenBytesArriveOverTcpAndUnixSockets) {
  asio::ip::tcp::acceptor tcp(loop_, {asio::ip::address_v4::loopback(), 0});
  auto over_tcp = run(connect_tcp(tcp.local_endpoint(), soon()));
  ASSERT_TRUE(over_tcp);
  const StreamPtr tcp_peer = make_stream(tcp.accept());
  write(**over_tcp, "tcp");
  EXPECT_EQ(read(*tcp_peer), "tcp");

  const std::string path = ::testing::TempDir() + "cus-stream-test.sock";
  std::filesystem::remove(path);
  asio::local::stream_protocol::acceptor local(loop_, asio::local::stream_protocol::endpoint(path));
  auto over_unix = run(connect_unix(path, soon()));
  ASSERT_TRUE(over_unix);
  const StreamPtr unix_peer = make_stream(local.accept());
  write(*unix_peer, "unix");
  EXPECT_EQ(read(**over_unix), "unix");
  std::filesystem::remove(path);
}

TEST_F(StreamTest, GivenAWriteThatTimedOut_WhenTheStreamCloses_ThenWhatThePeerWasOwedIsDropped) {
  asio::ip::tcp::acceptor listener(loop_, {asio::ip::address_v4::loopback(), 0});
  auto stream = run(connect_tcp(listener.local_endpoint(), soon()));
  ASSERT_TRUE(stream);
  const StreamPtr peer = make_stream(listener.accept());
  const std::string block(32'000'000, 'x');
  ASSERT_EQ(run((*stream)->write(block, at_once())).error().code, Code::timed_out);
  stream->reset();
  std::string last = "x";
  while (last.starts_with('x')) last = read(*peer, soon(), 1'000'000);
  EXPECT_EQ(last, "io") << "a reset, not the orderly end after all of it";
}

}  // namespace
}  // namespace cus::net
