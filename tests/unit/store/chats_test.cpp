// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "temp_store.hpp"

namespace cus::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using Chats = StoreTest;

TEST_F(Chats, GivenANewStore_WhenAskedForItsInstance_ThenItIsMadeOnceAndKept) {
  const InstanceId first = value(store().instance());
  EXPECT_TRUE(parse_storage_id(first.str())) << first.str();
  EXPECT_EQ(value(store().instance()), first);
  EXPECT_EQ(value(reopened().instance()), first);
}

TEST_F(Chats, GivenTwoDataRoots_WhenAskedForTheirInstances_ThenTheyDiffer) {
  const TempDir other_dir;
  auto other = value(open_sqlite(other_dir.file(), pool_));
  EXPECT_NE(value(other->instance()), value(store().instance()));
}

TEST_F(Chats, GivenNoSuchChat_WhenLookedFor_ThenNothingIsFoundAndNothingIsMade) {
  EXPECT_EQ(value(store().find_chat(key("default", "c"))), std::nullopt);
  EXPECT_TRUE(value(store().chats()).empty());
}

TEST_F(Chats, GivenANewChat_WhenAdded_ThenItHasTheFreshStorageIdAlsoAfterARestart) {
  const auto before = std::chrono::system_clock::now();
  const StorageId fresh = new_storage_id();
  const ChatRow row = value(store().get_or_add_chat(key("default", "chat 1"), fresh));
  EXPECT_EQ(row.key, key("default", "chat 1"));
  EXPECT_EQ(row.storage, fresh);
  EXPECT_GE(row.created, before);
  EXPECT_EQ(row.last_used, row.created);

  const auto found = value(reopened().find_chat(key("default", "chat 1")));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, row.key);
  EXPECT_EQ(found->storage, fresh);
  EXPECT_EQ(found->created, row.created);
  EXPECT_EQ(found->last_used, row.last_used);
}

TEST_F(Chats, GivenAnExistingChat_WhenAddedAgain_ThenTheFirstRowIsReturnedUnchanged) {
  const ChatRow first = add("default", "c");
  const ChatRow second = value(reopened().get_or_add_chat(key("default", "c"), new_storage_id()));
  EXPECT_EQ(second.storage, first.storage);
  EXPECT_EQ(second.created, first.created);
  EXPECT_EQ(value(store().chats()).size(), 1U);
}

TEST_F(Chats, GivenTwoKeysAndOneChatId_WhenAdded_ThenTheyAreTwoComputers) {
  const ChatRow alice = add("alice", "default");
  const ChatRow bob = add("bob", "default");
  EXPECT_NE(alice.storage, bob.storage);
  EXPECT_EQ(value(store().find_chat(key("alice", "default")))->storage, alice.storage);
  EXPECT_EQ(value(store().find_chat(key("bob", "default")))->storage, bob.storage);
}

TEST_F(Chats, GivenIdsThatLookAlike_WhenAdded_ThenEachHasItsOwnStorage) {
  std::set<StorageId> storages;
  const std::vector<std::string> ids = {"team:1",     "team-1",  "team 1", "t\xC3\xA9",
                                        "te\xCC\x81", "'; drop", "%",      "_"};
  for (const std::string& id : ids) storages.insert(add("default", id).storage);
  EXPECT_EQ(storages.size(), ids.size());
}

TEST_F(Chats, GivenAStorageIdInUse_WhenAnotherChatIsAddedWithIt_ThenItIsAConflict) {
  const ChatRow first = add("default", "a");
  const auto second = run(store().get_or_add_chat(key("default", "b"), first.storage));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::conflict);
  EXPECT_EQ(value(store().find_chat(key("default", "b"))), std::nullopt);
}

TEST_F(Chats, GivenUsedChats_WhenListed_ThenTheNewestUseComesFirstAndTimesRoundTrip) {
  const ChatRow a = add("default", "a");
  const ChatRow b = add("default", "b");
  const ChatRow c = add("default", "c");
  value(store().touch_chats({{a.storage, at(5'000'000'000)}, {b.storage, at(7'000'000'000)}}));
  const auto rows = value(reopened().chats());
  EXPECT_THAT(rows, ElementsAre(Field(&ChatRow::storage, b.storage), Field(&ChatRow::storage, a.storage),
                                Field(&ChatRow::storage, c.storage)));
  EXPECT_EQ(rows[0].last_used, at(7'000'000'000));
  EXPECT_EQ(rows[1].last_used, at(5'000'000'000));
  EXPECT_EQ(rows[0].created, b.created);
}

TEST_F(Chats, GivenALateReportOfAnEarlierUse_WhenTouched_ThenTheLastUseDoesNotGoBack) {
  const ChatRow a = add("default", "a");
  value(store().touch_chats({{a.storage, at(5'000'000'000)}}));
  value(store().touch_chats({{a.storage, at(4'000'000'000)}}));
  EXPECT_EQ(value(store().find_chat(a.key))->last_used, at(5'000'000'000));
}

TEST_F(Chats, GivenUnknownStorageIds_WhenTouchedOrRemoved_ThenNothingHappens) {
  const ChatRow a = add("default", "a");
  value(store().touch_chats({{new_storage_id(), at(5'000'000'000)}}));
  value(store().touch_chats({}));
  value(store().remove_chat(new_storage_id()));
  EXPECT_EQ(value(store().chats()).at(0).last_used, a.last_used);
}

TEST_F(Chats, GivenARemovedChat_WhenAddedAgain_ThenItIsANewComputer) {
  const ChatRow first = add("default", "a");
  const ChatRow other = add("default", "b");
  value(store().remove_chat(first.storage));
  EXPECT_EQ(value(reopened().find_chat(first.key)), std::nullopt);
  EXPECT_EQ(value(store().find_chat(other.key))->storage, other.storage);
  EXPECT_NE(add("default", "a").storage, first.storage);
}

TEST_F(Chats, GivenATaskMadeFromTemporaries_WhenAwaitedLater_ThenItHasItsOwnCopies) {
  auto task = store().get_or_add_chat(key("default", std::string(100, 'x')), new_storage_id());
  EXPECT_EQ(value(std::move(task)).key.chat.str(), std::string(100, 'x'));
}

}  // namespace
}  // namespace cus::store::test
