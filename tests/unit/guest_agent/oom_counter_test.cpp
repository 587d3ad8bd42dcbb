// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/oom_counter.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "rig.hpp"

namespace cus::guest_agent {
namespace {

TEST(OomCounterTest, GivenTheTextOfEitherVersion_WhenItIsParsed_ThenTheKillsAreCounted) {
  EXPECT_EQ(parse_oom_kills("low 0\nhigh 0\nmax 9\noom 4\noom_kill 3\noom_group_kill 0\n"), 3U);
  EXPECT_EQ(parse_oom_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 12"), 12U);
  EXPECT_EQ(parse_oom_kills(""), 0U);
  EXPECT_EQ(parse_oom_kills("oom_kill x\n"), 0U);
}

TEST(OomCounterTest, GivenACounterThatRises_WhenItIsReadAgain_ThenTheNewCountIsSeen) {
  const test::TempDirectory root;
  std::filesystem::create_directory(root.path() / "memory");
  const auto file = root.path() / "memory" / "memory.oom_control";
  std::ofstream(file) << "oom_kill 1\n";
  const OomCounter counter(root.path());
  EXPECT_EQ(counter.read(), 1U);
  std::ofstream(file) << "oom_kill 2\n";
  EXPECT_EQ(counter.read(), 2U);
}

TEST(OomCounterTest, GivenBothVersions_WhenItIsOpened_ThenTheNewerOneCounts) {
  const test::TempDirectory root;
  std::filesystem::create_directory(root.path() / "memory");
  std::ofstream(root.path() / "memory" / "memory.oom_control") << "oom_kill 1\n";
  std::ofstream(root.path() / "memory.events") << "oom_kill 7\n";
  EXPECT_EQ(OomCounter(root.path()).read(), 7U);
}

TEST(OomCounterTest, GivenNoCounter_WhenItIsRead_ThenItIsZero) {
  const test::TempDirectory root;
  EXPECT_EQ(OomCounter(root.path()).read(), 0U);
}

}  // namespace
}  // namespace cus::guest_agent
