// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/gate.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "cus/base/event.hpp"
#include "cus/base/spawn.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

struct Log {
  std::vector<int> entered;
  std::vector<Code> refused;
};

Task<> hold_until(Gate& gate, Log& log, int who, Event& release, Deadline deadline = no_deadline) {
  const auto slot = co_await gate.enter(deadline);
  if (!slot) {
    log.refused.push_back(slot.error().code);
    co_return;
  }
  log.entered.push_back(who);
  co_await release.wait();
}

class GateTest : public testing::Test {
 protected:
  void hold(Gate& gate, int who, Deadline deadline = no_deadline) {
    spawn(loop.get_executor(), "hold", hold_until(gate, log, who, release, deadline));
  }
  boost::asio::io_context loop;
  Event release{loop.get_executor()};
  Log log;
};

TEST_F(GateTest, GivenTwoSlots_WhenFourCome_ThenTwoEnterAndTheOthersFollowInOrder) {
  Gate gate(loop.get_executor(), 2, 10);
  for (int who = 1; who <= 4; ++who) hold(gate, who);
  loop.poll();
  EXPECT_EQ(log.entered, (std::vector{1, 2}));
  EXPECT_EQ(gate.waiting(), 2U);
  release.set();
  loop.run();
  EXPECT_EQ(log.entered, (std::vector{1, 2, 3, 4}));
  EXPECT_EQ(gate.waiting(), 0U);
}

TEST_F(GateTest, GivenAFullQueue_WhenAnotherComes_ThenItIsRefusedAtOnce) {
  Gate gate(loop.get_executor(), 1, 1);
  for (int who = 1; who <= 3; ++who) hold(gate, who);
  loop.poll();
  EXPECT_EQ(log.refused, std::vector{Code::unavailable});
  release.set();
  loop.run();
  EXPECT_EQ(log.entered, (std::vector{1, 2}));
}

TEST_F(GateTest, GivenAWaiterWhoseDeadlinePasses_WhenTheSlotIsFreed_ThenTheNextOneGetsIt) {
  Gate gate(loop.get_executor(), 1, 10);
  hold(gate, 1);
  hold(gate, 2, Clock::now());
  hold(gate, 3);
  while (log.refused.empty()) loop.run_one();
  EXPECT_EQ(log.refused, std::vector{Code::unavailable});
  release.set();
  loop.run();
  EXPECT_EQ(log.entered, (std::vector{1, 3}));
}

TEST_F(GateTest, GivenEverybodyLeft_WhenOneComes_ThenAllSlotsAreThereAgain) {
  Gate gate(loop.get_executor(), 2, 10);
  release.set();
  for (int who = 1; who <= 9; ++who) hold(gate, who);
  loop.run();
  EXPECT_EQ(log.entered.size(), 9U);
  release.reset();
  loop.restart();
  hold(gate, 10);
  hold(gate, 11);
  loop.poll();
  EXPECT_EQ(log.entered.size(), 11U);
  release.set();
  loop.run();
}

}  // namespace
}  // namespace cus::engine
