// SPDX-License-Identifier: Apache-2.0
// Where groups can be made, on a made-up tree: this machine has only one of the versions.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/native/cgroups.hpp"
#include "engine/native_samples.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;

// What the kernel shows there whatever is written to it.
Fd stubborn_file(std::string_view text) {
  Fd file(::memfd_create("made-up", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(::write(file.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK), 0);
  return file;
}

// The path of this process's group in that hierarchy, as the engine will look for it.
std::string own_group(const std::string& controller) {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    std::istringstream names(line.substr(first + 1, second - first - 1));
    std::string name;
    do {
      name.clear();
      std::getline(names, name, ',');
      if (name == controller) return line.substr(second + 1) == "/" ? "" : line.substr(second + 1);
    } while (names && !names.eof());
  }
  return "";
}

class CgroupPlaces : public testing::Test {
 protected:
  std::string text_of(const std::string& name) const {
    std::ifstream file(dir_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void file(const std::string& name) const {
    fs::create_directories(fs::path(dir_ / name).parent_path());
    std::ofstream(dir_ / name) << "";
  }
  // A unified hierarchy that hands `controllers` on to the sandboxes' groups.
  void unified(std::string_view controllers) {
    file("cgroup.controllers");
    fs::create_directories(dir_ / "computer-use");
    given_ = stubborn_file(controllers);
    fs::create_symlink("/proc/self/fd/" + std::to_string(given_.get()),
                       dir_ / "computer-use/cgroup.subtree_control");
  }
  // One hierarchy for each controller.
  void separate(const std::vector<std::string>& controllers) const {
    for (const std::string& controller : controllers) file(controller + "/cgroup.procs");
  }
  // The files that the kernel would show in a new group.
  void group_files(const std::string& group, const std::vector<std::string>& names) const {
    for (const std::string& name : names) file(group + "/" + name);
  }

  test::TempDir dir_;
  Fd given_;
};

TEST_F(CgroupPlaces, GivenNothing_WhenDiscovered_ThenAllLimitsAreMissingAndCallsStillWork) {
  const Cgroups groups = Cgroups::discover(dir_ / "none");
  EXPECT_THAT(groups.missing(), testing::ElementsAre("memory", "cpu", "pids"));
  EXPECT_EQ(groups.version(), "no cgroups");
  EXPECT_TRUE(groups.make("a", test::small_limits()));
  EXPECT_TRUE(groups.entrances("a").value().empty());
  EXPECT_TRUE(groups.views("a").empty());
  EXPECT_FALSE(groups.frozen("a"));
  EXPECT_TRUE(groups.thaw("a"));
  groups.remove("a");
  groups.remove_abandoned();
  EXPECT_FALSE(fs::exists(dir_ / "none"));
}

TEST_F(CgroupPlaces, GivenTheUnifiedHierarchy_WhenAllControllersAreGiven_ThenNothingIsMissing) {
  unified("cpuset cpu io memory hugetlb pids\n");
  const Cgroups groups = Cgroups::discover(dir_.path());
  EXPECT_TRUE(groups.missing().empty()) << testing::PrintToString(groups.missing());
  EXPECT_EQ(groups.version(), "cgroup v2");
  const auto views = groups.views("a");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].source, dir_ / "computer-use/a");
  EXPECT_EQ(views[0].target, "/sys/fs/cgroup");
}

TEST_F(CgroupPlaces, GivenTheUnifiedHierarchy_WhenSomeControllersAreNotGiven_ThenTheyAreMissing) {
  unified("memory pids_of_others\n");
  const Cgroups groups = Cgroups::discover(dir_.path());
  EXPECT_THAT(groups.missing(), testing::ElementsAre("cpu", "pids"));
  EXPECT_EQ(groups.version(), "cgroup v2");
}

TEST_F(CgroupPlaces, GivenTheUnifiedHierarchy_WhenAGroupIsMade_ThenItsFilesHoldTheLimits) {
  unified("memory cpu pids\n");
  group_files("computer-use/a", {"memory.max", "memory.swap.max", "cpu.max", "pids.max"});
  Limits limits = test::small_limits();
  limits.nano_cpus = 1'500'000'000;
  const Result<> made = Cgroups::discover(dir_.path()).make("a", limits);
  ASSERT_TRUE(made) << made.error().cause;
  EXPECT_EQ(text_of("computer-use/a/memory.max"), std::to_string(256U << 20U));
  EXPECT_EQ(text_of("computer-use/a/memory.swap.max"), "0");
  EXPECT_EQ(text_of("computer-use/a/cpu.max"), "150000 100000");
  EXPECT_EQ(text_of("computer-use/a/pids.max"), "64");
}

TEST_F(CgroupPlaces, GivenAKernelWithoutSwapAccounting_WhenAGroupIsMade_ThenTheRestIsLimited) {
  unified("memory cpu pids\n");
  group_files("computer-use/a", {"memory.max", "cpu.max", "pids.max"});
  EXPECT_TRUE(Cgroups::discover(dir_.path()).make("a", test::small_limits()));
  EXPECT_FALSE(fs::exists(dir_ / "computer-use/a/memory.swap.max"));
  EXPECT_EQ(text_of("computer-use/a/pids.max"), "64");
}

TEST_F(CgroupPlaces, GivenALimitThatCannotBeSet_WhenAGroupIsMade_ThenItIsAnError) {
  unified("memory cpu pids\n");
  group_files("computer-use/a", {"memory.max", "cpu.max"});
  EXPECT_FALSE(Cgroups::discover(dir_.path()).make("a", test::small_limits()));
}

TEST_F(CgroupPlaces, GivenAMissingController_WhenAGroupIsMade_ThenItsFilesAreLeftAlone) {
  unified("pids\n");
  group_files("computer-use/a", {"pids.max"});
  EXPECT_TRUE(Cgroups::discover(dir_.path()).make("a", test::small_limits()));
  EXPECT_EQ(text_of("computer-use/a/pids.max"), "64");
}

TEST_F(CgroupPlaces, GivenTheUnifiedHierarchy_WhenAGroupIsFrozen_ThenItIsToldAndThawed) {
  unified("memory cpu pids\n");
  file("computer-use/a/cgroup.freeze");
  const Cgroups groups = Cgroups::discover(dir_.path());
  EXPECT_FALSE(groups.frozen("a"));
  std::ofstream(dir_ / "computer-use/a/cgroup.freeze") << "1\n";
  EXPECT_TRUE(groups.frozen("a"));
  EXPECT_TRUE(groups.thaw("a"));
  EXPECT_FALSE(groups.frozen("a"));
}

TEST_F(CgroupPlaces, GivenSeparateHierarchies_WhenDiscovered_ThenEachIsUsedAndTheMissingAreTold) {
  separate({"memory", "freezer"});
  const Cgroups groups = Cgroups::discover(dir_.path());
  EXPECT_EQ(groups.version(), "cgroup v1");
  EXPECT_THAT(groups.missing(), testing::ElementsAre("cpu", "pids"));
  EXPECT_TRUE(fs::is_directory(dir_ / "memory/computer-use"));
  EXPECT_TRUE(fs::is_directory(dir_ / "freezer/computer-use"));
  EXPECT_FALSE(fs::exists(dir_ / "cpu"));
}

TEST_F(CgroupPlaces, GivenNoFreezer_WhenDiscovered_ThenNoLimitIsMissing) {
  separate({"memory", "cpu", "pids"});
  EXPECT_TRUE(Cgroups::discover(dir_.path()).missing().empty());
}

TEST_F(CgroupPlaces, GivenThisProcesssOwnGroup_WhenDiscovered_ThenTheSandboxesAreBelowIt) {
  separate({"memory", "cpu", "pids"});
  const std::string own = "memory" + own_group("memory");
  fs::create_directories(dir_ / own);
  const auto views = Cgroups::discover(dir_.path()).views("a");
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].source, dir_ / (own + "/computer-use/a"));
  EXPECT_EQ(views[0].target, "/sys/fs/cgroup/memory");
}

TEST_F(CgroupPlaces, GivenSeparateHierarchies_WhenAGroupIsMade_ThenItsFilesHoldTheLimits) {
  separate({"memory", "cpu", "pids", "freezer"});
  group_files("memory/computer-use/a", {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes"});
  group_files("cpu/computer-use/a", {"cpu.cfs_period_us", "cpu.cfs_quota_us"});
  group_files("pids/computer-use/a", {"pids.max"});
  Limits limits = test::small_limits();
  limits.nano_cpus = 250'000'000;
  const Cgroups groups = Cgroups::discover(dir_.path());
  const Result<> made = groups.make("a", limits);
  ASSERT_TRUE(made) << made.error().cause;
  EXPECT_THAT(text_of("memory/computer-use/a/memory.limit_in_bytes"),
              testing::EndsWith(std::to_string(256U << 20U)));
  EXPECT_THAT(text_of("memory/computer-use/a/memory.memsw.limit_in_bytes"),
              testing::StartsWith(std::to_string(256U << 20U)));
  EXPECT_EQ(text_of("cpu/computer-use/a/cpu.cfs_period_us"), "100000");
  EXPECT_EQ(text_of("cpu/computer-use/a/cpu.cfs_quota_us"), "25000");
  EXPECT_EQ(text_of("pids/computer-use/a/pids.max"), "64");
  EXPECT_TRUE(fs::is_directory(dir_ / "freezer/computer-use/a"));
}

TEST_F(CgroupPlaces, GivenGroups_WhenTheAbandonedAreRemoved_ThenTheYoungStay) {
  separate({"pids"});
  const Cgroups groups = Cgroups::discover(dir_.path());
  for (const char* name : {"old", "young"})
    fs::create_directories(dir_ / ("pids/computer-use/" + std::string(name)));
  file("pids/computer-use/old-file");
  const auto past = fs::file_time_type::clock::now() - std::chrono::minutes(2);
  fs::last_write_time(dir_ / "pids/computer-use/old", past);
  fs::last_write_time(dir_ / "pids/computer-use/old-file", past);
  groups.remove_abandoned();
  EXPECT_FALSE(fs::exists(dir_ / "pids/computer-use/old"));
  EXPECT_TRUE(fs::exists(dir_ / "pids/computer-use/young"));
  EXPECT_TRUE(fs::exists(dir_ / "pids/computer-use/old-file"));
}

}  // namespace
}  // namespace cus::engine
