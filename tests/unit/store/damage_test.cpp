// SPDX-License-Identifier: Apache-2.0
// What a full disk, a killed process and a damaged file do.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "store/statement.hpp"
#include "temp_store.hpp"

namespace cus::store::test {
namespace {

using ::testing::HasSubstr;
using Damage = StoreTest;

// Runs `work` in a child process and waits for its end, which must be SIGKILL.
template <class Work>
void run_and_kill(Work work) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    work();
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
}

void execute(Database& db, const std::string& sql) {
  const auto done = db.execute(sql);
  ASSERT_TRUE(done) << done.error().cause;
}

const std::string insert_chat =
    "INSERT INTO chats VALUES ('" + std::string(32, 'a') + "', 'default', '{}', 1, 1)";

TEST(KilledProcess, GivenAKillInsideATransaction_WhenReopened_ThenWhatWasCommittedIsThereAndNoMore) {
  const TempDir dir;
  run_and_kill([&dir] {
    auto db = open_database(dir.file()).value();
    (void)db->execute(fmt::format(fmt::runtime(insert_chat), "committed"));
    (void)db->execute("BEGIN IMMEDIATE");
    (void)db->execute("DELETE FROM chats");
    (void)db->execute(fmt::format(fmt::runtime(insert_chat), "lost"));
    // More than the page cache holds is written to the WAL before the commit.
    (void)db->execute("PRAGMA cache_size = 1");
    (void)db->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) "
        "INSERT INTO sandboxes SELECT printf('%032d', i), 'image', 'hash', 'token', i FROM n");
  });
  auto db = open_database(dir.file()).value();
  Statement chats(*db, "SELECT chat FROM chats");
  ASSERT_TRUE(chats.next());
  EXPECT_EQ(chats.text(0), "committed");
  EXPECT_FALSE(chats.next());
  Statement sandboxes(*db, "SELECT count(*) FROM sandboxes");
  ASSERT_TRUE(sandboxes.next());
  EXPECT_EQ(sandboxes.number(0), 0);
}

TEST(KilledProcess, GivenAKillHoldingTheWriteLock_WhenReopened_ThenWritingWorksAtOnce) {
  const TempDir dir;
  run_and_kill([&dir] { (void)open_database(dir.file()).value()->execute("BEGIN IMMEDIATE"); });
  auto db = open_database(dir.file(), std::chrono::milliseconds(0)).value();
  execute(*db, fmt::format(fmt::runtime(insert_chat), "a"));
}

TEST_F(Damage, GivenADiskThatIsFull_WhenWritten_ThenItIsStorageFullAndHealsWhenThereIsSpace) {
  auto db = open_database(dir_.file()).value();
  auto small = make_sqlite_store(db, pool_);
  execute(*db, "PRAGMA max_page_count = 64");
  Result<> last;
  int written = 0;
  while (last && written < 10'000) {
    last = run(small->put_sandbox({.storage = new_storage_id(),
                                   .image = std::string(2000, 'x'),
                                   .spec_hash = "h",
                                   .token = "t",
                                   .created = at(1)}));
    written += last ? 1 : 0;
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code, Code::storage_full);
  EXPECT_EQ(value(small->sandboxes()).size(), static_cast<std::size_t>(written));
  execute(*db, "PRAGMA max_page_count = 100000");
  value(small->get_or_add_chat(key("default", "a"), new_storage_id()));
}

TEST_F(Damage, GivenAFailureWithinABatch_WhenTouched_ThenNoneOfTheBatchIsDone) {
  auto db = open_database(dir_.file()).value();
  auto store = make_sqlite_store(db, pool_);
  const ChatRow chat = value(store->get_or_add_chat(key("default", "a"), new_storage_id()));
  execute(*db,
          "CREATE TEMP TRIGGER stop BEFORE UPDATE OF last_used_ns ON chats WHEN new.chat = 'b' "
          "BEGIN SELECT RAISE(FAIL, 'no'); END");
  const ChatRow second = value(store->get_or_add_chat(key("default", "b"), new_storage_id()));
  EXPECT_FALSE(
      run(store->touch_chats({{chat.storage, at(4'900'000'000)}, {second.storage, at(4'900'000'000)}})));
  EXPECT_EQ(value(store->find_chat(chat.key))->last_used, chat.last_used);
}

class DamagedFile : public StoreTest {
 protected:
  // Opening must refuse with advice and leave the file as it is.
  void expect_refused(const std::string& content) {
    write_file(dir_.file(), content);
    const auto opened = run(open_sqlite(dir_.file(), pool_));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Code::internal);
    EXPECT_THAT(opened.error().message, HasSubstr(dir_.file() + " is damaged"));
    EXPECT_THAT(opened.error().message, HasSubstr("from a backup"));
    EXPECT_EQ(read_file(dir_.file()), content);
  }
  std::string sound_file() {
    for (int i = 0; i < 200; ++i) add("default", "chat" + std::to_string(i));
    store_.reset();
    return read_file(dir_.file());
  }
};

TEST_F(DamagedFile, GivenSomethingElseInItsPlace_WhenOpened_ThenItIsRefusedAndKept) {
  expect_refused(std::string(8192, 'x'));
}

TEST_F(DamagedFile, GivenACorruptHeader_WhenOpened_ThenItIsRefusedAndKept) {
  std::string content = sound_file();
  content.replace(0, 16, 16, '\0');
  expect_refused(content);
}

TEST_F(DamagedFile, GivenACorruptPage_WhenOpened_ThenItIsRefusedAndKept) {
  std::string content = sound_file();
  ASSERT_GT(content.size(), 5U * 4096U);
  content.replace(2 * std::size_t{4096}, 3 * std::size_t{4096}, 3 * std::size_t{4096}, '\x5a');
  expect_refused(content);
}

TEST_F(DamagedFile, GivenATruncatedFile_WhenOpened_ThenItIsRefusedAndKept) {
  expect_refused(sound_file().substr(0, 2 * std::size_t{4096}));
}

}  // namespace
}  // namespace cus::store::test
