// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "cus/base/spawn.hpp"
#include "store/statement.hpp"
#include "temp_store.hpp"

namespace cus::store::test {
namespace {

using namespace std::chrono_literals;
using Concurrency = StoreTest;

struct Answers {
  std::set<StorageId> storages;
  std::set<std::string> failures;
  int count = 0;
};

Task<> ask_for_chat(Store& store, ChatKey key, Answers& answers) {
  const auto row = co_await store.get_or_add_chat(key, new_storage_id());
  ++answers.count;
  if (row) answers.storages.insert(row->storage);
  if (!row) answers.failures.insert(row.error().cause);
}

TEST_F(Concurrency, GivenAHundredFirstCallsOfOneChat_WhenTheyRunAtOnce_ThenThereIsOneRow) {
  Answers answers;
  for (int i = 0; i < 100; ++i)
    spawn(loop_.get_executor(), "call", ask_for_chat(store(), key("default", "c"), answers));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(answers.count, 100);
  EXPECT_TRUE(answers.failures.empty()) << *answers.failures.begin();
  EXPECT_EQ(answers.storages.size(), 1U);
  const auto rows = value(reopened().chats());
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].storage, *answers.storages.begin());
}

TEST_F(Concurrency, GivenTwoConnectionsToOneFile_WhenBothAddTheSameChats_ThenTheUniqueRowDecides) {
  auto second = value(open_sqlite(dir_.file(), pool_));
  Answers answers;
  for (int i = 0; i < 50; ++i) {
    const ChatKey chat = key("default", "c" + std::to_string(i % 5));
    spawn(loop_.get_executor(), "one", ask_for_chat(store(), chat, answers));
    spawn(loop_.get_executor(), "two", ask_for_chat(*second, chat, answers));
  }
  loop_.restart();
  loop_.run();
  EXPECT_EQ(answers.count, 100);
  EXPECT_TRUE(answers.failures.empty()) << *answers.failures.begin();
  EXPECT_EQ(answers.storages.size(), 5U);
  EXPECT_EQ(value(store().chats()).size(), 5U);
}

// The busy time is short here, so that giving up can be seen.
TEST_F(Concurrency, GivenAnotherProcessHoldsTheWriteLock_WhenWritten_ThenItIsUnavailableAndReadingGoesOn) {
  auto impatient = make_sqlite_store(open_database(dir_.file(), 20ms).value(), pool_);
  value(impatient->get_or_add_chat(key("default", "a"), new_storage_id()));
  auto other = open_database(dir_.file()).value();
  {
    const auto held = Transaction::begin(*other);
    ASSERT_TRUE(held);
    const auto refused = run(impatient->get_or_add_chat(key("default", "b"), new_storage_id()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::unavailable);
    EXPECT_EQ(value(impatient->chats()).size(), 1U);
  }
  value(impatient->get_or_add_chat(key("default", "b"), new_storage_id()));
}

Task<> release_when_pool_is_busy(BlockingPool& pool, std::shared_ptr<Transaction> held) {
  // A job of its own behind the write that waits: by the time it runs, the write is waiting or about to.
  co_await pool.run([held]() mutable {
    held.reset();
    return true;
  });
}

TEST_F(Concurrency, GivenTheLockIsFreedWithinTheBusyTime_WhenWritten_ThenTheWriteWaitsAndSucceeds) {
  store();
  auto other = open_database(dir_.file()).value();
  auto held = std::make_shared<Transaction>(Transaction::begin(*other).value());
  Answers answers;
  spawn(loop_.get_executor(), "write", ask_for_chat(store(), key("default", "c"), answers));
  spawn(loop_.get_executor(), "release", release_when_pool_is_busy(pool_, std::move(held)));
  loop_.restart();
  loop_.run();
  EXPECT_EQ(answers.storages.size(), 1U);
}

}  // namespace
}  // namespace cus::store::test
