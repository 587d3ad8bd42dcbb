// SPDX-License-Identifier: Apache-2.0
#include "cus/base/blocking_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <stdexcept>
#include <thread>

#include "cus/base/spawn.hpp"
#include "support/run_task.hpp"

namespace cus {
namespace {

struct Where {
  std::thread::id before, inside, afterwards;
};

Task<Where> see_where(BlockingPool& pool) {
  Where where;
  where.before = std::this_thread::get_id();
  where.inside = co_await pool.run([] { return std::this_thread::get_id(); });
  where.afterwards = std::this_thread::get_id();
  co_return where;
}

class BlockingPoolTest : public ::testing::Test {
 protected:
  boost::asio::io_context loop_;
  BlockingPool pool_{2};
};

TEST_F(BlockingPoolTest, GivenAJob_WhenRun_ThenItIsOnAThreadOfThePoolAndTheCallerIsBackOnItsLoop) {
  const Where where = test::run_task(loop_, see_where(pool_));
  EXPECT_NE(where.before, where.inside);
  EXPECT_EQ(where.before, where.afterwards);
}

TEST_F(BlockingPoolTest, GivenAJobThatThrows_WhenRun_ThenTheCallerGetsTheException) {
  const auto job = []() -> int { throw std::runtime_error("broken"); };
  EXPECT_THROW(test::run_task(loop_, pool_.run(job)), std::runtime_error);
}

TEST_F(BlockingPoolTest, GivenAJobThatOwnsWhatCannotBeCopied_WhenRun_ThenItsValueComesBack) {
  auto job = [owned = std::make_unique<int>(7)]() mutable { return std::move(owned); };
  EXPECT_EQ(*test::run_task(loop_, pool_.run(std::move(job))), 7);
}

Task<> run_and_count(BlockingPool& pool, std::shared_future<void> gate, int& done) {
  co_await pool.run([gate] {
    gate.wait();
    return 0;
  });
  ++done;
}

TEST_F(BlockingPoolTest, GivenJobsThatBlock_WhenMoreAreStartedThanThreads_ThenTheLoopIsFreeAndAllEnd) {
  std::promise<void> gate;
  const auto opened = gate.get_future().share();
  int done = 0;
  for (int i = 0; i < 6; ++i) spawn(loop_.get_executor(), "job", run_and_count(pool_, opened, done));
  bool turned = false;
  boost::asio::post(loop_, [&turned] { turned = true; });
  loop_.poll();
  EXPECT_TRUE(turned);
  EXPECT_EQ(done, 0);
  gate.set_value();
  loop_.restart();
  while (done < 6 && loop_.run_one_for(std::chrono::seconds(10)) > 0) {
  }
  EXPECT_EQ(done, 6);
}

}  // namespace
}  // namespace cus
