// SPDX-License-Identifier: Apache-2.0
#include "sandbox/tree_walk.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp() is POSIX
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "sandbox/disk_use.hpp"

namespace cus::sandbox::test {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

class TreeWalk : public testing::Test {
 protected:
  TreeWalk() {
    std::string name = (fs::temp_directory_path() / "cus-walk-XXXXXX").string();
    outside_ = ::mkdtemp(name.data());
    top_ = outside_ / "top";
    fs::create_directory(top_);
  }
  ~TreeWalk() override { fs::remove_all(outside_); }

  void file(const std::string& name) const {
    fs::create_directories((top_ / name).parent_path());
    std::ofstream(top_ / name) << "text";
  }
  std::set<std::string> names() const {
    std::set<std::string> seen;
    const auto walked = walk_tree(top_, [&](const TreeEntry& entry) -> Result<> {
      seen.insert(entry.name);
      return {};
    });
    EXPECT_TRUE(walked);
    return seen;
  }

  fs::path outside_;
  fs::path top_;
};

TEST_F(TreeWalk, GivenATree_WhenWalked_ThenEveryEntryIsShownAndNoLinkFollowed) {
  file("a/b/one");
  file("two");
  std::ofstream(outside_ / "secret") << "text";
  fs::create_directory(outside_ / "elsewhere");
  std::ofstream(outside_ / "elsewhere/other") << "text";
  fs::create_directory_symlink(outside_ / "elsewhere", top_ / "link");
  EXPECT_THAT(names(), ElementsAre("a", "b", "link", "one", "two"));
}

TEST_F(TreeWalk, GivenADirectoryThatIsSwappedForALinkWhenShown_WhenWalked_ThenTheLinkIsNotFollowed) {
  file("a/one");
  fs::create_directory(outside_ / "elsewhere");
  std::ofstream(outside_ / "elsewhere/other") << "text";
  std::set<std::string> seen;
  const auto walked = walk_tree(top_, [&](const TreeEntry& entry) -> Result<> {
    seen.insert(entry.name);
    if (entry.name == "a") {
      fs::rename(top_ / "a", outside_ / "away");
      fs::create_directory_symlink(outside_ / "elsewhere", top_ / "a");
    }
    return {};
  });
  EXPECT_TRUE(walked);
  EXPECT_THAT(seen, ElementsAre("a"));
}

// Climbing by ".." from a directory that was moved up would leave the tree.
TEST_F(TreeWalk, GivenADirectoryThatIsMovedWhileItIsWalked_WhenClimbing_ThenTheWalkEndsInsideTheTree) {
  file("a/b/c/one");
  std::ofstream(outside_ / "secret") << "text";
  std::set<std::string> seen;
  const auto walked = walk_tree(top_, [&](const TreeEntry& entry) -> Result<> {
    seen.insert(entry.name);
    if (entry.name == "one") fs::rename(top_ / "a/b/c", top_ / "c");
    return {};
  });
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().code, Code::conflict);
  EXPECT_FALSE(seen.contains("secret"));
}

TEST_F(TreeWalk, GivenAnErrorOfTheCaller_WhenShown_ThenTheWalkEndsWithIt) {
  file("one");
  const auto walked =
      walk_tree(top_, [](const TreeEntry&) -> Result<> { return fail(Code::too_many, "enough"); });
  ASSERT_FALSE(walked);
  EXPECT_EQ(walked.error().code, Code::too_many);
}

TEST_F(TreeWalk, GivenNothing_WhenWalked_ThenItIsAnError) {
  EXPECT_FALSE(walk_tree((top_ / "missing").string(), [](const TreeEntry&) -> Result<> { return {}; }));
}

TEST_F(TreeWalk, GivenFilesAndHoles_WhenMeasured_ThenWhatIsOnDiskCounts) {
  std::ofstream(top_ / "full") << std::string(1'000'000, 'x') << std::flush;
  const int hole = ::open((top_ / "hole").c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  ASSERT_EQ(::ftruncate(hole, 1'000'000'000), 0);
  ::close(hole);
  const DiskUse use = measure_disk(top_);
  EXPECT_EQ(use.files, 2U);
  EXPECT_GE(use.bytes, 1'000'000U);
  EXPECT_LT(use.bytes, 2'000'000U);
}

TEST_F(TreeWalk, GivenADeepTree_WhenMeasured_ThenItIsSeenToItsEnd) {
  int at = ::open(top_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(::mkdirat(at, "deep", 0700), 0);
    const int next = ::openat(at, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ::close(at);
    at = next;
  }
  ::close(at);
  EXPECT_EQ(measure_disk(top_).files, 3000U);
}

}  // namespace
}  // namespace cus::sandbox::test
