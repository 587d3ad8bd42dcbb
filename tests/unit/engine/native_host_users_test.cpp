// SPDX-License-Identifier: Apache-2.0
// With root these tests give directories away; an ordinary user's sandboxes all have that user.
#include "engine/native/host_users.hpp"

#include <gmock/gmock.h>

#include <filesystem>

#include "engine/native_samples.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

constexpr std::uint32_t base = 3'100'000;

class HostUsersTest : public testing::Test {
 protected:
  // A chat that is there already, with a home of user number `number` of the range.
  StorageId chat(std::uint32_t number) {
    const StorageId storage = new_storage_id();
    const std::string home = dir_ / (storage.str() + "/home");
    std::filesystem::create_directories(home);
    if (test::is_root()) EXPECT_EQ(::chown(home.c_str(), base + number, base + number), 0);
    return storage;
  }
  void settle(const StorageId& storage, const Owner& owner) {
    const std::string home = dir_ / (storage.str() + "/home");
    std::filesystem::create_directories(home);
    EXPECT_EQ(::chown(home.c_str(), owner.uid, owner.gid), 0);
  }
  void leave(const StorageId& storage) { std::filesystem::remove_all(dir_ / storage.str()); }
  HostUsers users(std::uint32_t count = 100) const { return {dir_.path(), base, count}; }

  // With root the user of that number; else the caller.
  static Owner number(std::uint32_t number) {
    if (!test::is_root()) return {.uid = ::geteuid(), .gid = ::getegid()};
    return {.uid = base + number, .gid = base + number};
  }

  test::TempDir dir_;
};

TEST_F(HostUsersTest, GivenNewChats_WhenAsked_ThenEachGetsTheLowestFreeUser) {
  HostUsers users = this->users();
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(0));
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(1));
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(2));
}

TEST_F(HostUsersTest, GivenAChatWithAHome_WhenAsked_ThenItKeepsTheUserThatOwnsIt) {
  const StorageId storage = chat(7);
  HostUsers users = this->users();
  EXPECT_EQ(users.owner(storage).value(), number(7));
  EXPECT_EQ(users.owner(storage).value(), number(7));
}

TEST_F(HostUsersTest, GivenUsersOfChatsThatExist_WhenNewOnesCome_ThenTheyGetOthers) {
  chat(0);
  chat(1);
  chat(3);
  HostUsers users = this->users();
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(2));
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(4));
}

TEST_F(HostUsersTest, GivenAHomeOfSomebodyOutsideTheRange_WhenAsked_ThenTheChatGetsAUserOfTheRange) {
  const StorageId before = chat(100);
  const StorageId after = chat(200);
  HostUsers users = this->users(100);
  EXPECT_EQ(users.owner(before).value(), number(0));
  EXPECT_EQ(users.owner(after).value(), number(1));
}

TEST_F(HostUsersTest, GivenNextOnes_WhenAsked_ThenTheyAreWhatNewChatsGet) {
  chat(1);
  HostUsers users = this->users();
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(0));
  EXPECT_THAT(users.next(3), testing::ElementsAre(number(2), number(3), number(4)));
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(2));
}

// A restarted server starts its first sandbox for a chat that it knows.
TEST_F(HostUsersTest, GivenOnlyKnownChats_WhenTheNextOnesAreAsked_ThenTheyAreFree) {
  const StorageId known = chat(0);
  chat(1);
  HostUsers users = this->users();
  EXPECT_THAT(users.next(1), testing::ElementsAre(number(2)));
  EXPECT_EQ(users.owner(known).value(), number(0));
  EXPECT_THAT(users.next(2), testing::ElementsAre(number(2), number(3)));
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(2));
}

TEST_F(HostUsersTest, GivenARangeThatIsUsedUp_WhenAnotherChatComes_ThenTheErrorNamesTheSetting) {
  HostUsers users = this->users(3);
  for (std::uint32_t i = 0; i < 3; ++i) {
    const StorageId storage = new_storage_id();
    settle(storage, users.owner(storage).value());
  }
  const Result<Owner> owner = users.owner(new_storage_id());
  if (!test::is_root()) {
    EXPECT_EQ(owner.value(), number(0));
    return;
  }
  ASSERT_EQ(test::code_of(owner), Code::too_many);
  EXPECT_THAT(owner.error().message, testing::HasSubstr("SANDBOX_UID_COUNT"));
  EXPECT_THAT(owner.error().message, testing::HasSubstr("3"));
  EXPECT_TRUE(users.next(4).empty());
}

TEST_F(HostUsersTest, GivenARangeThatIsUsedUp_WhenAChatGoes_ThenItsUserIsFreeAgain) {
  HostUsers users = this->users(3);
  std::vector<StorageId> chats;
  for (std::uint32_t i = 0; i < 3; ++i) {
    chats.push_back(new_storage_id());
    settle(chats.back(), users.owner(chats.back()).value());
  }
  leave(chats[1]);
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(1));
}

// lstat: else a link would make a sandbox of it the user of another one.
TEST_F(HostUsersTest, GivenALinkForAHome_WhenAsked_ThenWhatItNamesDoesNotCount) {
  const StorageId other = chat(5);
  const StorageId storage = new_storage_id();
  std::filesystem::create_directories(dir_ / storage.str());
  std::filesystem::create_directory_symlink(dir_ / (other.str() + "/home"), dir_ / (storage.str() + "/home"));
  HostUsers users = this->users();
  EXPECT_EQ(users.owner(storage).value(), number(0));
}

TEST_F(HostUsersTest, GivenNoChatsDirectory_WhenAsked_ThenTheFirstUserIsFree) {
  HostUsers users(dir_ / "none", base, 10);
  EXPECT_EQ(users.owner(new_storage_id()).value(), number(0));
}

}  // namespace
}  // namespace cus::engine
