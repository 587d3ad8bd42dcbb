// SPDX-License-Identifier: Apache-2.0
// On this machine's own control groups: with root, limits hold; an ordinary user without a delegated group
// has none, and everything still works.
#include "engine/native/cgroups.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/child.hpp"
#include "engine/native_samples.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;

class RealCgroups : public testing::Test {
 protected:
  ~RealCgroups() override { groups_.remove(name_); }
  bool limited() const { return groups_.missing().empty(); }
  // As the kernel tells it, of whichever version.
  std::string value(const std::string& unified, const std::string& separate) const {
    const std::string view = groups_.views(name_).at(0).source;
    std::ifstream file(view + "/" + (groups_.version() == "cgroup v2" ? unified : separate));
    std::string text;
    std::getline(file, text);
    return text;
  }

  Cgroups groups_ = Cgroups::discover("/sys/fs/cgroup");
  std::string name_ = random_hex(8);
};

TEST_F(RealCgroups, GivenThisMachine_WhenDiscovered_ThenRootHasAllLimits) {
  if (test::is_root()) EXPECT_TRUE(groups_.missing().empty()) << testing::PrintToString(groups_.missing());
  EXPECT_THAT(groups_.version(), testing::AnyOf("cgroup v1", "cgroup v2", "no cgroups"));
  EXPECT_EQ(groups_.version() == "no cgroups", groups_.missing().size() == 3 && groups_.views("x").empty());
}

TEST_F(RealCgroups, GivenLimits_WhenAGroupIsMade_ThenTheKernelHasThem) {
  ASSERT_TRUE(groups_.make(name_, test::small_limits()));
  const auto views = groups_.views(name_);
  EXPECT_EQ(views.empty(), std::ranges::count(groups_.missing(), "memory") > 0);
  if (!limited()) return;
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].access, Access::read_only);
  EXPECT_THAT(views[0].target, testing::StartsWith("/sys/fs/cgroup"));
  EXPECT_EQ(value("memory.max", "memory.limit_in_bytes"), std::to_string(256U << 20U));
}

TEST_F(RealCgroups, GivenAGroup_WhenMadeAgainWithOtherLimits_ThenTheseHold) {
  Limits limits = test::small_limits();
  ASSERT_TRUE(groups_.make(name_, limits));
  for (const std::uint64_t mebibytes : {512U, 64U}) {
    limits.memory_bytes = mebibytes << 20U;
    const Result<> made = groups_.make(name_, limits);
    ASSERT_TRUE(made) << made.error().cause;
    if (limited())
      EXPECT_EQ(value("memory.max", "memory.limit_in_bytes"), std::to_string(limits.memory_bytes));
  }
}

TEST_F(RealCgroups,
       GivenAGroup_WhenAProcessGoesThroughItsEntrances_ThenItIsInsideAndTheGroupStaysUntilItEnds) {
  ASSERT_TRUE(groups_.make(name_, test::small_limits()));
  const Result<std::vector<Fd>> doors = groups_.entrances(name_);
  ASSERT_TRUE(doors) << doors.error().cause;
  EXPECT_EQ(doors->empty(), groups_.version() == "no cgroups");
  test::Pipe pipe;
  test::Child child([&] {
    for (const Fd& door : *doors) {
      if (::write(door.get(), "0", 1) != 1) ::_exit(1);
    }
    if (::write(pipe.write.get(), "x", 1) == 1) test::wait_for_ever();
  });
  pipe.write.reset();
  char byte = 0;
  ASSERT_EQ(::read(pipe.read.get(), &byte, 1), 1);
  std::ifstream file("/proc/" + std::to_string(child.pid()) + "/cgroup");
  const std::string groups{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(groups.contains(name_), !doors->empty());
  child.signal(SIGKILL);
  child.wait();
  groups_.remove(name_);
  for (const Mount& view : groups_.views(name_)) EXPECT_FALSE(fs::exists(view.source));
}

TEST_F(RealCgroups, GivenAFrozenGroup_WhenThawed_ThenItIsNotFrozenAnyMore) {
  ASSERT_TRUE(groups_.make(name_, test::small_limits()));
  EXPECT_FALSE(groups_.frozen(name_));
  EXPECT_TRUE(groups_.thaw(name_));
  if (!limited()) return;
  const bool unified = groups_.version() == "cgroup v2";
  std::string view = groups_.views(name_).at(0).source;
  if (!unified) {
    std::ifstream own("/proc/self/cgroup");
    std::string parent;
    for (std::string line; std::getline(own, line);) {
      if (line.contains(":freezer:")) parent = line.substr(line.rfind(':') + 1);
    }
    view = "/sys/fs/cgroup/freezer" + (parent == "/" ? "" : parent) + "/computer-use/" + name_;
  }
  std::ofstream(view + (unified ? "/cgroup.freeze" : "/freezer.state"))
      << (unified ? "1" : "FROZEN") << std::flush;
  EXPECT_TRUE(groups_.frozen(name_));
  EXPECT_TRUE(groups_.thaw(name_));
  EXPECT_FALSE(groups_.frozen(name_));
}

TEST_F(RealCgroups, GivenNoSuchGroup_WhenItIsUsed_ThenNothingBreaks) {
  EXPECT_FALSE(groups_.frozen(name_));
  EXPECT_TRUE(groups_.thaw(name_));
  groups_.remove(name_);
  if (groups_.version() != "no cgroups") EXPECT_FALSE(groups_.entrances(name_));
}

}  // namespace
}  // namespace cus::engine
