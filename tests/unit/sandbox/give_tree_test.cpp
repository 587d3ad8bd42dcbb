// SPDX-License-Identifier: Apache-2.0
// With root directories are really given away; an ordinary user may give nothing to others, and is told so.
#include "sandbox/give_tree.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cus/base/fd.hpp"
#include "support/temp_dir.hpp"

namespace cus::sandbox {
namespace {

namespace fs = std::filesystem;

constexpr unsigned other_uid = 3'300'001;
constexpr unsigned other_gid = 3'300'002;

class GiveTree : public testing::Test {
 protected:
  GiveTree() { fs::create_directories(dir_ / "t"); }
  static bool root() { return ::geteuid() == 0; }
  static bool belongs(const std::string& path, unsigned uid, unsigned gid) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 && info.st_uid == uid && info.st_gid == gid;
  }
  bool given(const std::string& name) const { return belongs(dir_ / name, other_uid, other_gid); }
  bool kept(const std::string& name) const { return belongs(dir_ / name, ::geteuid(), ::getegid()); }
  void file(const std::string& name) const { std::ofstream(dir_ / name) << "x"; }
  // With root it has to work; else it has to say what is missing, and to change nothing.
  bool give() const {
    const Result<> done = give_tree(dir_ / "t", other_uid, other_gid);
    if (root()) {
      EXPECT_TRUE(done) << done.error().cause;
      return done.has_value();
    }
    EXPECT_FALSE(done);
    EXPECT_EQ(done.error().code, Code::forbidden);
    EXPECT_THAT(done.error().message, testing::HasSubstr("CHOWN"));
    EXPECT_TRUE(kept("t"));
    return false;
  }

  test::TempDir dir_;
};

TEST_F(GiveTree, GivenEveryKindOfFile_WhenGiven_ThenAllOfItIsTheUsers) {
  fs::create_directories(dir_ / "t/a/b/c");
  for (const char* name : {"t/1", "t/a/2", "t/a/b/3", "t/a/b/c/.4"}) file(name);
  ASSERT_EQ(::mkfifo((dir_ / "t/a/fifo").c_str(), 0600), 0);
  if (!give()) return;
  for (const char* name :
       {"t", "t/1", "t/a", "t/a/2", "t/a/fifo", "t/a/b", "t/a/b/3", "t/a/b/c", "t/a/b/c/.4"})
    EXPECT_TRUE(given(name)) << name;
  EXPECT_TRUE(kept(""));
}

TEST_F(GiveTree, GivenLinks_WhenGiven_ThenTheyAreGivenAndNotWhatTheyName) {
  fs::create_directories(dir_ / "outside/deep");
  file("outside/canary");
  fs::create_symlink(dir_ / "outside/canary", dir_ / "t/link");
  fs::create_directory_symlink(dir_ / "outside", dir_ / "t/directory");
  fs::create_symlink("/nowhere", dir_ / "t/dangling");
  fs::create_symlink("circle", dir_ / "t/circle");
  const bool done = give();
  for (const char* name : {"outside", "outside/canary", "outside/deep"}) EXPECT_TRUE(kept(name)) << name;
  if (!done) return;
  for (const char* name : {"t/link", "t/directory", "t/dangling", "t/circle"})
    EXPECT_TRUE(given(name)) << name;
}

TEST_F(GiveTree, GivenALinkInPlaceOfTheTree_WhenGiven_ThenOnlyTheLinkIs) {
  fs::create_directories(dir_ / "outside");
  file("outside/canary");
  fs::remove(dir_ / "t");
  fs::create_directory_symlink(dir_ / "outside", dir_ / "t");
  const bool done = give();
  EXPECT_TRUE(kept("outside"));
  EXPECT_TRUE(kept("outside/canary"));
  if (done) EXPECT_TRUE(given("t"));
}

TEST_F(GiveTree, GivenASingleFile_WhenGiven_ThenItIsTheUsers) {
  fs::remove(dir_ / "t");
  file("t");
  if (give()) EXPECT_TRUE(given("t"));
}

// A sandbox can make it: each step is a name of its own.
TEST_F(GiveTree, GivenATreeDeeperThanAnyPathMayBe_WhenGiven_ThenItsDeepestFileIsTheUsers) {
  Fd at(::open((dir_ / "t").c_str(), O_RDONLY | O_DIRECTORY));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(::mkdirat(at.get(), "deep", 0700), 0);
    at = Fd(::openat(at.get(), "deep", O_RDONLY | O_DIRECTORY));
  }
  const Fd deepest(::openat(at.get(), "file", O_CREAT | O_WRONLY, 0600));
  if (!give()) return;
  struct stat info{};
  ASSERT_EQ(::fstat(deepest.get(), &info), 0);
  EXPECT_EQ(info.st_uid, other_uid);
  EXPECT_TRUE(given("t"));
}

TEST_F(GiveTree, GivenManySiblings_WhenGiven_ThenEachIsTheUsers) {
  for (int i = 0; i < 50; ++i) {
    fs::create_directories(dir_ / ("t/" + std::to_string(i) + "/x"));
    file("t/" + std::to_string(i) + "/x/file");
  }
  if (!give()) return;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(given("t/" + std::to_string(i) + "/x/file")) << i;
}

TEST_F(GiveTree, GivenADirectoryThatIsTheUsersAlready_WhenGiven_ThenNothingInItIsLookedAt) {
  file("t/1");
  fs::create_directories(dir_ / "t/closed");
  fs::permissions(dir_ / "t/closed", fs::perms::none);
  if (root()) {
    ASSERT_EQ(::chown((dir_ / "t").c_str(), other_uid, other_gid), 0);
    EXPECT_TRUE(give_tree(dir_ / "t", other_uid, other_gid));
  } else {
    EXPECT_TRUE(give_tree(dir_ / "t", ::geteuid(), ::getegid()));
  }
  EXPECT_TRUE(kept("t/1"));
  fs::permissions(dir_ / "t/closed", fs::perms::owner_all);
}

// Somebody else's already, but another group's: not yet given.
TEST_F(GiveTree, GivenTheRightUserAndAnotherGroup_WhenGiven_ThenItIsStillDone) {
  file("t/1");
  if (root()) ASSERT_EQ(::chown((dir_ / "t").c_str(), other_uid, ::getegid()), 0);
  if (give()) EXPECT_TRUE(given("t/1"));
}

// As it is after a walk that was cut short: the directory itself comes last.
TEST_F(GiveTree, GivenAWalkThatWasCutShort_WhenGivenAgain_ThenTheRestIsTheUsersToo) {
  fs::create_directories(dir_ / "t/a/b");
  for (const char* name : {"t/1", "t/a/2", "t/a/b/3"}) file(name);
  if (root()) {
    for (const char* name : {"t/a", "t/1"})
      ASSERT_EQ(::chown((dir_ / name).c_str(), other_uid, other_gid), 0);
  }
  if (!give()) return;
  for (const char* name : {"t", "t/1", "t/a", "t/a/2", "t/a/b", "t/a/b/3"}) EXPECT_TRUE(given(name)) << name;
}

TEST_F(GiveTree, GivenDirectoriesWithoutRights_WhenGiven_ThenTheyAreTheUsersAsTheyAre) {
  fs::create_directories(dir_ / "t/a/b");
  file("t/a/b/1");
  fs::permissions(dir_ / "t/a/b", fs::perms::none);
  if (give()) {
    EXPECT_TRUE(given("t/a/b/1"));
    EXPECT_EQ(fs::status(dir_ / "t/a/b").permissions(), fs::perms::none);
  }
  fs::permissions(dir_ / "t/a/b", fs::perms::owner_all);
}

TEST_F(GiveTree, GivenNothing_WhenGiven_ThenItIsAnError) {
  EXPECT_FALSE(give_tree(dir_ / "none", other_uid, other_gid));
}

}  // namespace
}  // namespace cus::sandbox
