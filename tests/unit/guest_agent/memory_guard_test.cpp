// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/memory_guard.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>

#include "rig.hpp"

namespace cus::test {
namespace {

constexpr const char* allocate = "python3 -c 'held = bytearray(300_000_000); input()' < <(sleep 60)";

class MemoryGuardTest : public testing::Test {
 protected:
  Rig rig_{Rig::Place::pid_space, {"--memory-limit", "150000000"}};
};

TEST_F(MemoryGuardTest, GivenACommandThatTakesMoreThanTheLimit_WhenItRuns_ThenItIsEndedAndSaysWhy) {
  const Outcome outcome = rig_.run(std::string("exec ") + allocate);
  EXPECT_EQ(outcome.end.at("signal"), SIGKILL);
  EXPECT_EQ(outcome.end.at("oom"), true);
}

TEST_F(MemoryGuardTest, GivenOneThatIsSmallBesides_WhenALargeOneIsEnded_ThenTheSmallOneGoesOn) {
  const auto small = rig_.start(Rig::spec("echo ready; exec sleep 300"));
  small->next();
  EXPECT_EQ(rig_.run(std::string("exec ") + allocate).end.at("oom"), true);
  EXPECT_EQ(rig_.run("pgrep -fcx 'sleep 300'").output, "1\n");
}

TEST(MemoryUseTest, GivenAProcessThatHoldsMuch_WhenMeasured_ThenItIsTheLargestAndCounted) {
  Rig rig(Rig::Place::process);
  const auto job =
      rig.start(Rig::spec("exec python3 -c 'held = bytearray(200_000_000); print(\"ready\", flush=True); "
                          "input()' < <(sleep 60)"));
  job->next();
  const guest_agent::MemoryUse use = guest_agent::measure_memory();
  EXPECT_GT(use.bytes, 200'000'000U);
  EXPECT_GT(use.largest, 0);
  EXPECT_NE(use.largest, ::getpid());
}

}  // namespace
}  // namespace cus::test
