// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/layout.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.hpp"

namespace cus::sandbox {
namespace {

namespace fs = std::filesystem;

const StorageId storage(std::string(32, '5'));
const ChatKey key{TenantId("team"), ChatId("chat/../1")};

unsigned mode(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0U;
}

class DataRoot : public testing::Test {
 protected:
  test::TempDir dir_;
  Layout layout_{dir_ / "root"};
};

TEST_F(DataRoot, GivenNothing_WhenTheRootIsMade_ThenOthersMayWalkThroughButNotList) {
  ASSERT_TRUE(layout_.make_root());
  for (const std::string& path : {layout_.root(), layout_.root() + "/chats", layout_.root() + "/run"}) {
    EXPECT_EQ(mode(path), 0711U) << path;
  }
  EXPECT_TRUE(layout_.make_root()) << "a second time is no error";
}

TEST_F(DataRoot, GivenAChat_WhenItsDirectoriesAreMade_ThenHomeAndOutputsBelongToTheSandbox) {
  ASSERT_TRUE(layout_.make_root());
  const auto made = layout_.make_chat(storage, key, 1000, 1000);
  ASSERT_TRUE(made) << made.error().cause;
  for (const std::string& path : {layout_.home(storage), layout_.outputs(storage)}) {
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, 1000U);
    EXPECT_EQ(mode(path), 0755U);
  }
  EXPECT_EQ(mode(layout_.chat(storage) + "/meta.json"), 0600U);
  EXPECT_TRUE(layout_.make_chat(storage, key, 1000, 1000)) << "a second time is no error";
}

TEST_F(DataRoot, GivenTheLock_WhenAnotherWantsIt_ThenItIsToldToUseAnotherDirectory) {
  ASSERT_TRUE(layout_.make_root());
  const auto first = lock_data_root(layout_);
  ASSERT_TRUE(first);
  const auto second = lock_data_root(layout_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_NE(second.error().message.find("BASE_DATA_DIR"), std::string::npos);
}

TEST_F(DataRoot, GivenTheLockIsReleased_WhenAnotherWantsIt_ThenItGetsIt) {
  ASSERT_TRUE(layout_.make_root());
  {
    const auto first = lock_data_root(layout_);
  }
  EXPECT_TRUE(lock_data_root(layout_));
}

TEST_F(DataRoot, GivenAGuestProgram_WhenInstalledTwice_ThenItLiesUnderTheHashOfItsBytes) {
  ASSERT_TRUE(layout_.make_root());
  std::ofstream(dir_ / "guest") << "program";
  const auto build = layout_.install_guest(dir_ / "guest");
  ASSERT_TRUE(build);
  EXPECT_EQ(build->size(), 16U);
  EXPECT_EQ(mode(layout_.guest_directory(*build) + "/computer-use-guest"), 0755U);
  EXPECT_EQ(layout_.install_guest(dir_ / "guest").value(), *build);
  std::ofstream(dir_ / "guest") << "another";
  EXPECT_NE(layout_.install_guest(dir_ / "guest").value(), *build);
}

TEST_F(DataRoot, GivenNoGuestProgram_WhenInstalled_ThenTheErrorNamesTheSetting) {
  ASSERT_TRUE(layout_.make_root());
  const auto build = layout_.install_guest(dir_ / "missing");
  ASSERT_FALSE(build);
  EXPECT_NE(build.error().message.find("GUEST_PROGRAM"), std::string::npos);
}

TEST_F(DataRoot, GivenAChat_WhenRemoved_ThenItsFilesAndSocketDirectoryAreGone) {
  ASSERT_TRUE(layout_.make_root());
  ASSERT_TRUE(layout_.make_chat(storage, key, 1000, 1000));
  ASSERT_TRUE(layout_.remove_chat(storage));
  EXPECT_FALSE(fs::exists(layout_.chat(storage)));
  EXPECT_FALSE(fs::exists(layout_.run(storage)));
}

}  // namespace
}  // namespace cus::sandbox
