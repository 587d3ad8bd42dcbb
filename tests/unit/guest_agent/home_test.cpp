// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/home.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "rig.hpp"

namespace cus::guest_agent {
namespace {

namespace fs = std::filesystem;

class HomeTest : public testing::Test {
 protected:
  HomeTest() {
    fs::create_directories(skeleton_ / "a" / "b");
    fs::create_directory(home_);
  }
  bool fill() { return fill_home(home_, skeleton_); }

  test::TempDirectory directory_;
  fs::path skeleton_ = directory_.path() / "skel";
  fs::path home_ = directory_.path() / "home";
};

TEST_F(HomeTest, GivenAnEmptyHome_WhenItIsFilled_ThenFilesDirectoriesAndModesAreThere) {
  std::ofstream(skeleton_ / ".bashrc") << std::string(40'000, 'x');
  std::ofstream(skeleton_ / "a" / "b" / "run") << "#!";
  fs::permissions(skeleton_ / "a" / "b" / "run", fs::perms(0751));
  fs::permissions(skeleton_ / "a", fs::perms(0500));
  EXPECT_TRUE(fill());
  EXPECT_EQ(fs::file_size(home_ / ".bashrc"), 40'000U);
  EXPECT_EQ(fs::status(home_ / "a" / "b" / "run").permissions(), fs::perms(0751));
  EXPECT_EQ(fs::status(home_ / "a").permissions(), fs::perms(0500));
}

TEST_F(HomeTest, GivenAHomeWithAnythingInIt_WhenItIsFilled_ThenItIsLeftAlone) {
  std::ofstream(skeleton_ / "new") << "x";
  std::ofstream(home_ / ".hidden") << "mine";
  EXPECT_TRUE(fill());
  EXPECT_FALSE(fs::exists(home_ / "new"));
}

TEST_F(HomeTest, GivenLinksInTheSkeleton_WhenTheHomeIsFilled_ThenTheyStayLinksAndNothingIsFollowed) {
  std::ofstream(directory_.path() / "secret") << "outside";
  fs::create_symlink("../secret", skeleton_ / "link");
  fs::create_directory_symlink(directory_.path(), skeleton_ / "out");
  EXPECT_TRUE(fill());
  EXPECT_EQ(fs::read_symlink(home_ / "link"), "../secret");
  EXPECT_EQ(fs::read_symlink(home_ / "out"), directory_.path());
}

TEST_F(HomeTest, GivenNoSkeletonOrNoHome_WhenItIsFilled_ThenOnlyTheMissingHomeIsAFailure) {
  EXPECT_TRUE(fill_home(home_, directory_.path() / "none"));
  EXPECT_FALSE(fill_home(directory_.path() / "none", skeleton_));
}

TEST_F(HomeTest, GivenAHomeThatIsALink_WhenItIsFilled_ThenItIsNotFollowed) {
  fs::create_directory_symlink(home_, directory_.path() / "alias");
  EXPECT_FALSE(fill_home(directory_.path() / "alias", skeleton_));
  EXPECT_TRUE(fs::is_empty(home_));
}

}  // namespace
}  // namespace cus::guest_agent
