// SPDX-License-Identifier: Apache-2.0
#include "sandbox/remove_tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.hpp"

namespace cus::sandbox {
namespace {

namespace fs = std::filesystem;

class RemoveTree : public testing::Test {
 protected:
  void file(const std::string& name) { std::ofstream(dir_ / name) << "x"; }
  test::TempDir dir_;
};

TEST_F(RemoveTree, GivenAbsence_WhenRemoved_ThenItIsNoError) {
  EXPECT_TRUE(remove_tree(dir_.path(), "nothing"));
  EXPECT_TRUE(remove_tree(dir_ / "nowhere", "nothing"));
}

TEST_F(RemoveTree, GivenATreeWithEveryKindOfFile_WhenRemoved_ThenNothingIsLeft) {
  fs::create_directories(dir_ / "t/a/b/c");
  fs::create_directories(dir_ / "t/d/e");
  for (const char* name : {"t/1", "t/a/2", "t/a/b/3", "t/a/b/c/4", "t/d/e/5"}) file(name);
  ASSERT_EQ(::mkfifo((dir_ / "t/a/fifo").c_str(), 0600), 0);
  fs::create_symlink("/nowhere", dir_ / "t/a/b/dangling");
  const auto removed = remove_tree(dir_.path(), "t");
  EXPECT_TRUE(removed) << removed.error().cause;
  EXPECT_FALSE(fs::exists(fs::symlink_status(dir_ / "t")));
}

TEST_F(RemoveTree, GivenLinksOutOfTheTree_WhenRemoved_ThenWhatTheyNameStays) {
  fs::create_directories(dir_ / "t");
  fs::create_directories(dir_ / "outside");
  file("outside/canary");
  fs::create_directory_symlink(dir_ / "outside", dir_ / "t/link");
  ASSERT_TRUE(remove_tree(dir_.path(), "t"));
  EXPECT_TRUE(fs::exists(dir_ / "outside/canary"));
}

TEST_F(RemoveTree, GivenALinkInPlaceOfTheTree_WhenRemoved_ThenOnlyTheLinkGoes) {
  fs::create_directories(dir_ / "outside");
  file("outside/canary");
  fs::create_directory_symlink(dir_ / "outside", dir_ / "t");
  ASSERT_TRUE(remove_tree(dir_.path(), "t"));
  EXPECT_FALSE(fs::exists(fs::symlink_status(dir_ / "t")));
  EXPECT_TRUE(fs::exists(dir_ / "outside/canary"));
}

TEST_F(RemoveTree, GivenATreeDeeperThanAnyPathMayBe_WhenRemoved_ThenNothingIsLeft) {
  fs::create_directories(dir_ / "t");
  int at = ::open((dir_ / "t").c_str(), O_RDONLY | O_DIRECTORY);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(::mkdirat(at, "deep", 0700), 0);
    const int next = ::openat(at, "deep", O_RDONLY | O_DIRECTORY);
    ::close(at);
    at = next;
  }
  ::close(at);
  EXPECT_TRUE(remove_tree(dir_.path(), "t"));
  EXPECT_FALSE(fs::exists(dir_ / "t"));
}

TEST_F(RemoveTree, GivenDirectoriesWithoutRights_WhenRemoved_ThenNothingIsLeft) {
  fs::create_directories(dir_ / "t/a/b");
  file("t/a/b/1");
  fs::permissions(dir_ / "t/a/b", fs::perms::none);
  fs::permissions(dir_ / "t/a", fs::perms::none);
  EXPECT_TRUE(remove_tree(dir_.path(), "t"));
  EXPECT_FALSE(fs::exists(dir_ / "t"));
}

}  // namespace
}  // namespace cus::sandbox
