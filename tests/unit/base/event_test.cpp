// SPDX-License-Identifier: Apache-2.0
#include "cus/base/event.hpp"

#include <gtest/gtest.h>

#include "cus/base/spawn.hpp"
#include "support/run_task.hpp"

namespace cus {
namespace {

Task<> wait_and_count(Event& event, Deadline deadline, int& woken, int& late) {
  const bool set = co_await event.wait(deadline);
  ++(set ? woken : late);
}

class EventTest : public ::testing::Test {
 protected:
  void wait(Deadline deadline) {
    spawn(loop_.get_executor(), "wait", wait_and_count(event_, deadline, woken_, late_));
  }
  boost::asio::io_context loop_;
  Event event_{loop_.get_executor()};
  int woken_ = 0;
  int late_ = 0;
};

TEST_F(EventTest, GivenSeveralWaiters_WhenSet_ThenAllAreWoken) {
  for (const Deadline deadline : {no_deadline, no_deadline, after(std::chrono::hours(1))}) wait(deadline);
  loop_.poll();
  EXPECT_EQ(woken_, 0);
  event_.set();
  loop_.poll();
  EXPECT_EQ(woken_, 3);
  EXPECT_EQ(late_, 0);
}

TEST_F(EventTest, GivenItIsSet_WhenWaitedFor_ThenTheWaitEndsAtOnceAlsoAfterTheDeadline) {
  event_.set();
  EXPECT_TRUE(test::run_task(loop_, event_.wait()));
  EXPECT_TRUE(test::run_task(loop_, event_.wait(after(std::chrono::seconds(-1)))));
  EXPECT_TRUE(event_.is_set());
}

TEST_F(EventTest, GivenADeadline_WhenItPasses_ThenOnlyThatWaiterGivesUp) {
  wait(no_deadline);
  wait(after(std::chrono::hours(1)));
  wait(after(std::chrono::milliseconds(10)));
  EXPECT_FALSE(test::run_task(loop_, event_.wait(after(std::chrono::milliseconds(30)))));
  EXPECT_EQ(late_, 1);
  EXPECT_EQ(woken_, 0);
  event_.set();
  loop_.restart();
  loop_.poll();
  EXPECT_EQ(woken_, 2);
}

TEST_F(EventTest, GivenItWasReset_WhenWaitedFor_ThenTheNextSetCounts) {
  event_.set();
  event_.reset();
  EXPECT_FALSE(test::run_task(loop_, event_.wait(after(std::chrono::milliseconds(1)))));
  EXPECT_FALSE(test::run_task(loop_, event_.wait(after(std::chrono::seconds(-1)))));
  wait(no_deadline);
  loop_.restart();
  loop_.poll();
  event_.set();
  loop_.restart();
  loop_.poll();
  EXPECT_EQ(woken_, 1);
}

Task<> throw_something() {
  throw std::runtime_error("a bug");
  co_return;
}

TEST_F(EventTest, GivenASpawnedTaskThatThrows_WhenRun_ThenItIsLoggedWithItsNameAndTheLoopGoesOn) {
  ::testing::internal::CaptureStderr();
  spawn(loop_.get_executor(), "the task", throw_something());
  event_.set();
  wait(no_deadline);
  EXPECT_NO_THROW(loop_.poll());
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_TRUE(log.contains("\"task\":\"the task\"")) << log;
  EXPECT_TRUE(log.contains("a bug")) << log;
  EXPECT_EQ(woken_, 1);
}

}  // namespace
}  // namespace cus
