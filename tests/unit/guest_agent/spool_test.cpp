// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/spool.hpp"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "rig.hpp"

namespace cus::guest_agent {
namespace {

namespace fs = std::filesystem;

class SpoolTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  fs::path path_ = directory_.path() / "spool";
};

TEST_F(SpoolTest, GivenANewDirectory_WhenItIsMade_ThenOnlyItsOwnerSeesIt) {
  const SpoolDirectory spools(path_);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms::owner_all);
}

TEST_F(SpoolTest, GivenAName_WhenSomethingLiesThereAlready_ThenItIsNeitherFollowedNorOverwritten) {
  SpoolDirectory spools(path_);
  std::ofstream(path_ / "mine") << "precious";
  fs::create_symlink(directory_.path() / "elsewhere", path_ / "link");
  EXPECT_EQ(spools.create("mine"), nullptr);
  EXPECT_EQ(spools.create("link"), nullptr);
  EXPECT_EQ(fs::file_size(path_ / "mine"), 8U);
  EXPECT_FALSE(fs::exists(directory_.path() / "elsewhere"));
}

TEST_F(SpoolTest, GivenADirectoryThatWasRemoved_WhenAFileIsMade_ThenTheDirectoryIsBack) {
  SpoolDirectory spools(path_);
  fs::remove_all(path_);
  const auto file = spools.create("a");
  ASSERT_NE(file, nullptr);
  EXPECT_TRUE(file->append("x"));
  EXPECT_TRUE(fs::exists(path_ / "a"));
}

TEST_F(SpoolTest, GivenAFileAtItsLimit_WhenMoreIsAppended_ThenItKeepsWhatFits) {
  SpoolDirectory spools(path_, {.file_bytes = 5, .total_bytes = 100, .files = 5});
  const auto file = spools.create("a");
  EXPECT_TRUE(file->append("abc"));
  EXPECT_FALSE(file->append("defg"));
  EXPECT_EQ(file->size(), 5U);
  std::array<char, 10> bytes{};
  EXPECT_EQ(file->read(1, bytes), 4U);
  EXPECT_EQ(std::string(bytes.data(), 4), "bcde");
}

TEST_F(SpoolTest, GivenTheTotalLimit_WhenItIsPassed_ThenTheOldestFilesGo) {
  SpoolDirectory spools(path_, {.file_bytes = 10, .total_bytes = 20, .files = 5});
  const auto first = spools.create("1");
  const auto second = spools.create("2");
  const auto third = spools.create("3");
  EXPECT_TRUE(first->append("0123456789"));
  EXPECT_TRUE(second->append("0123456789"));
  EXPECT_FALSE(first->dropped());
  EXPECT_TRUE(third->append("x"));
  EXPECT_TRUE(first->dropped());
  EXPECT_FALSE(fs::exists(path_ / "1"));
  EXPECT_TRUE(fs::exists(path_ / "2"));
  EXPECT_FALSE(first->append("more"));
  std::array<char, 4> bytes{};
  EXPECT_EQ(first->read(0, bytes), 0U);
}

TEST_F(SpoolTest, GivenTooManyFiles_WhenAnotherIsMade_ThenTheOldestGoesThoughNobodyHoldsIt) {
  SpoolDirectory spools(path_, {.file_bytes = 10, .total_bytes = 20, .files = 2});
  for (const char* name : {"1", "2", "3"}) EXPECT_NE(spools.create(name), nullptr);
  EXPECT_FALSE(fs::exists(path_ / "1"));
  EXPECT_TRUE(fs::exists(path_ / "2"));
  EXPECT_TRUE(fs::exists(path_ / "3"));
}

}  // namespace
}  // namespace cus::guest_agent
