// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "store/migrate.hpp"
#include "store/statement.hpp"
#include "temp_store.hpp"

namespace cus::store::test {
namespace {

using ::testing::HasSubstr;
using Open = StoreTest;

std::string pragma(Database& db, const std::string& name) {
  Statement query(db, "PRAGMA " + name);
  return query.next() ? query.text(0) : "";
}

TEST_F(Open, GivenAnyUmask_WhenTheStoreIsMade_ThenOnlyItsOwnerMayReadItAndTheFilesBesideIt) {
  for (const mode_t mask : {0000U, 0022U, 0777U}) {
    const TempDir dir;
    const mode_t before = ::umask(mask);
    auto opened = value(open_sqlite(dir.file(), pool_));
    value(opened->instance());
    ::umask(before);
    EXPECT_EQ(mode_of(dir.file()), 0600U) << mask;
    EXPECT_EQ(mode_of(dir.file() + "-wal"), 0600U) << mask;
    EXPECT_EQ(mode_of(dir.file() + "-shm"), 0600U) << mask;
  }
}

TEST_F(Open, GivenAFileOthersCouldRead_WhenOpened_ThenItIsMadePrivateAgain) {
  const InstanceId id = value(store().instance());
  store_.reset();
  ::chmod(dir_.file().c_str(), 0644);
  EXPECT_EQ(value(store().instance()), id);
  EXPECT_EQ(mode_of(dir_.file()), 0600U);
}

TEST_F(Open, GivenAnEmptyFile_WhenOpened_ThenItBecomesAStore) {
  write_file(dir_.file(), "");
  EXPECT_TRUE(value(store().chats()).empty());
}

TEST_F(Open, GivenAStore_WhenOpened_ThenItIsSetUpForSafetyAndConcurrency) {
  auto db = open_database(dir_.file()).value();
  EXPECT_EQ(pragma(*db, "journal_mode"), "wal");
  EXPECT_EQ(pragma(*db, "synchronous"), "1");
  EXPECT_EQ(pragma(*db, "foreign_keys"), "1");
  EXPECT_EQ(pragma(*db, "busy_timeout"), "5000");
  EXPECT_EQ(pragma(*db, "trusted_schema"), "0");
}

TEST_F(Open, GivenALinkOrADirectoryInItsPlace_WhenOpened_ThenItIsNotFollowed) {
  const std::string target = dir_.path() + "/elsewhere";
  write_file(target, "");
  std::filesystem::create_symlink(target, dir_.file());
  const auto link = run(open_sqlite(dir_.file(), pool_));
  ASSERT_FALSE(link);
  EXPECT_THAT(link.error().message, HasSubstr("not a regular file"));
  EXPECT_EQ(read_file(target), "");

  std::filesystem::remove(dir_.file());
  std::filesystem::create_directory(dir_.file());
  const auto directory = run(open_sqlite(dir_.file(), pool_));
  ASSERT_FALSE(directory);
  EXPECT_THAT(directory.error().message, HasSubstr("not a regular file"));
}

TEST_F(Open, GivenAMissingDirectory_WhenOpened_ThenTheMessageNamesIt) {
  const auto opened = run(open_sqlite(dir_.path() + "/none/store.db", pool_));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::io);
  EXPECT_THAT(opened.error().message, HasSubstr(dir_.path() + "/none"));
  EXPECT_THAT(opened.error().message, HasSubstr("BASE_DATA_DIR"));
}

TEST_F(Open, GivenAFileOfANewerVersion_WhenOpened_ThenItIsRefusedAndUnchanged) {
  const InstanceId id = value(store().instance());
  store_.reset();
  const int newest = migrations().back().version;
  auto set_version = [this](int version) {
    auto db = Database::open(dir_.file()).value();
    ASSERT_TRUE(db->execute("PRAGMA user_version = " + std::to_string(version)));
  };
  set_version(newest + 1);
  const auto opened = run(open_sqlite(dir_.file(), pool_));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::unsupported);
  EXPECT_THAT(opened.error().message, HasSubstr("schema " + std::to_string(newest + 1)));
  EXPECT_THAT(opened.error().message, HasSubstr("newer version"));
  set_version(newest);
  EXPECT_EQ(value(store().instance()), id);
}

// Opens `path` as a user whom the directory's mode stops, tells what was said and ends the process.
[[noreturn]] void open_as_ordinary_user(const std::string& path) {
  if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) std::_Exit(3);
  const auto opened = open_database(path);
  std::cerr << (opened ? "opened" : code_name(opened.error().code)) << ": "
            << (opened ? "" : opened.error().message) << '\n';
  std::_Exit(0);
}

// Without a pool: a process with threads is not forked.
class ReadOnlyDirectory : public ::testing::Test {
 protected:
  void make_read_only() {
    if (std::filesystem::exists(dir_.file())) ::chmod(dir_.file().c_str(), 0444);
    ::chmod(dir_.path().c_str(), 0555);
  }
  ~ReadOnlyDirectory() override { ::chmod(dir_.path().c_str(), 0755); }
  TempDir dir_;
};

TEST_F(ReadOnlyDirectory, GivenNoStoreYet_WhenOpened_ThenTheMessageSaysWhatToMakeWritable) {
  make_read_only();
  EXPECT_EXIT(open_as_ordinary_user(dir_.file()), ::testing::ExitedWithCode(0),
              "io: .*cannot be written: .*directory " + dir_.path());
}

TEST_F(ReadOnlyDirectory, GivenAStoreThatMayOnlyBeRead_WhenOpened_ThenTheMessageSaysWhatToMakeWritable) {
  ASSERT_TRUE(open_database(dir_.file()));
  make_read_only();
  EXPECT_EXIT(open_as_ordinary_user(dir_.file()), ::testing::ExitedWithCode(0), "io: .*cannot be written");
}

}  // namespace
}  // namespace cus::store::test
