// SPDX-License-Identifier: Apache-2.0
#include "net/stream_fixture.hpp"

namespace cus::net {
namespace {

Task<> splice_into(Stream& a, Stream& b, Clock::duration idle, Moved& moved, Event& done) {
  moved = co_await splice(a, b, idle);
  done.set();
}

// left <-> (a, b) <-> right
class SpliceTest : public StreamTest {
 protected:
  void SetUp() override {
    std::tie(left_, a_) = make_pair();
    std::tie(b_, right_) = make_pair();
  }
  void start(Clock::duration idle = std::chrono::minutes(1)) {
    spawn(loop_.get_executor(), "splice", splice_into(*a_, *b_, idle, moved_, done_));
  }
  StreamPtr left_, a_, b_, right_;
  Moved moved_;
  Event done_{loop_.get_executor()};
};

TEST_F(SpliceTest, GivenBytesBothWays_WhenBothSidesHaveEnded_ThenAllWasMovedAndCounted) {
  start();
  write(*left_, "question");
  EXPECT_EQ(read(*right_), "question");
  left_->shutdown_send();
  EXPECT_EQ(read(*right_), "");
  // One direction has ended, the other goes on.
  write(*right_, "the answer");
  EXPECT_EQ(read(*left_), "the answer");
  EXPECT_FALSE(done_.is_set());
  right_->shutdown_send();
  run(done_.wait());
  EXPECT_EQ(moved_.a_to_b, 8U);
  EXPECT_EQ(moved_.b_to_a, 10U);
  EXPECT_EQ(read(*left_), "");
}

TEST_F(SpliceTest, GivenNothingMoves_WhenTheIdleTimeIsOver_ThenBothSidesAreClosed) {
  start(std::chrono::milliseconds(30));
  run(done_.wait());
  EXPECT_EQ(read(*left_), "");
  EXPECT_EQ(read(*right_), "");
}

TEST_F(SpliceTest, GivenOneHalfClosedAndNothingMoves_WhenTheIdleTimeIsOver_ThenItEnds) {
  start(std::chrono::milliseconds(30));
  left_->shutdown_send();
  run(done_.wait());
  EXPECT_EQ(read(*right_), "");
}

TEST_F(SpliceTest, GivenOneBusyDirection_WhenTheOtherIsQuietForLongerThanTheIdleTime_ThenItGoesOn) {
  start(std::chrono::milliseconds(300));
  const Deadline end = after(std::chrono::milliseconds(900));
  while (Clock::now() < end) {
    write(*left_, "tick");
    ASSERT_EQ(read(*right_), "tick");
    run(sleep_until(after(std::chrono::milliseconds(20))));
  }
  EXPECT_FALSE(done_.is_set());
}

TEST_F(SpliceTest, GivenAPeerThatIsGone_WhenTheOtherWrites_ThenBothSidesAreClosed) {
  start();
  right_.reset();
  run(sleep_until(at_once()));
  write(*left_, "to nobody");
  EXPECT_TRUE(run(done_.wait(soon())));
  EXPECT_EQ(moved_.a_to_b, 0U);
}

TEST_F(SpliceTest, GivenAReaderThatDoesNotRead_WhenTheOtherWritesWithoutEnd_ThenTheWriterIsHeldBack) {
  start();
  const std::string block(64 * 1024, 'x');
  std::size_t sent = 0;
  for (; sent < (64U << 20U); sent += block.size()) {
    if (!run(left_->write(block, after(std::chrono::milliseconds(100))))) break;
  }
  EXPECT_LT(sent, 8U << 20U);
}

}  // namespace
}  // namespace cus::net
