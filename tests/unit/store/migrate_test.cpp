// SPDX-License-Identifier: Apache-2.0
// Case L01: from every older schema to the present one, twice, and with a kill before every commit.
#include "store/migrate.hpp"

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <map>

#include "store/statement.hpp"
#include "support/source_dir.hpp"
#include "temp_store.hpp"

namespace cus::store::test {
namespace {

// Rows as a program of that schema version left them; each fixture adds to those before it.
const std::map<int, std::string> fixtures = {
    {1,
     "INSERT INTO instance VALUES (1, '0123456789abcdef0123456789abcdef');"
     "INSERT INTO chats VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'default', 'old chat', 1000, 2000);"},
    {2,
     "INSERT INTO sandboxes VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'image:1', 'hash', 'token', 3000);"},
    {3,
     "INSERT INTO jobs VALUES ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', "
     "'running', 4000, '');"},
};

// The whole database as text: schema, version and rows.
std::string dump(Database& db) {
  std::string text;
  std::vector<std::string> tables;
  Statement schema(db, "SELECT type, name, sql FROM sqlite_schema ORDER BY name");
  while (schema.next()) {
    text += schema.text(0) + " " + schema.text(1) + ": " + schema.text(2) + "\n";
    if (schema.text(0) == "table") tables.push_back(schema.text(1));
  }
  for (const std::string& table : tables) {
    Statement rows(db, "SELECT * FROM " + table + " ORDER BY 1");
    while (rows.next()) text += table + "|" + rows.text(0) + "|" + rows.text(1) + "|" + rows.text(2) + "\n";
  }
  return text + "version " + std::to_string(schema_version(db).value_or(-1));
}

std::shared_ptr<Database> make_fixture(const std::string& path, int version) {
  write_file(path, "");
  auto db = Database::open(path).value();
  const auto steps = migrations().first(static_cast<std::size_t>(version));
  EXPECT_TRUE(migrate(*db, steps));
  for (int v = 1; v <= version; ++v) EXPECT_TRUE(db->execute(fixtures.at(v)));
  return db;
}

class FromVersion : public ::testing::TestWithParam<int> {};

TEST_P(FromVersion, GivenAnOlderFile_WhenOpenedTwice_ThenTheSchemaIsTheNewestAndTheRowsAreKept) {
  const TempDir dir;
  const int version = GetParam();
  EXPECT_EQ(schema_version(*make_fixture(dir.file(), version)), version);
  std::string first;
  {
    auto db = open_database(dir.file()).value();
    for (int v = version + 1; v <= migrations().back().version; ++v) ASSERT_TRUE(db->execute(fixtures.at(v)));
    first = dump(*db);
  }
  EXPECT_EQ(dump(*open_database(dir.file()).value()), first);
  const TempDir newest;
  EXPECT_EQ(first, dump(*make_fixture(newest.file(), migrations().back().version)));
}

INSTANTIATE_TEST_SUITE_P(Every, FromVersion, ::testing::Range(0, 4));

TEST(Migrations, GivenTheTable_WhenRead_ThenVersionsCountFromOneAndEachHasAFixture) {
  int expected = 0;
  for (const Migration& step : migrations()) {
    EXPECT_EQ(step.version, ++expected);
    EXPECT_TRUE(fixtures.contains(step.version)) << step.name;
    EXPECT_EQ(read_file(::cus::test::source_dir() + "/src/store/migrations/" + std::string(step.name)),
              step.sql);
  }
  EXPECT_EQ(expected, 3) << "a new schema version needs a fixture and a wider range above";
}

int kill_now(void* /*unused*/) {
  ::kill(::getpid(), SIGKILL);
  return 0;
}

// Migrates in a child that is killed just before its `commits`-th commit.
void migrate_and_die(const std::string& path, int commits) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto db = Database::open(path).value();
    (void)migrate(*db, migrations().first(static_cast<std::size_t>(commits - 1)));
    sqlite3_commit_hook(db->handle(), kill_now, nullptr);
    (void)migrate(*db, migrations());
    std::_Exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child was not stopped in step " << commits;
}

TEST(Migrations, GivenAKillBeforeTheCommitOfAnyStep_WhenOpenedAgain_ThenTheStepIsDoneOnceMore) {
  const TempDir reference;
  const std::string expected = dump(*open_database(reference.file()).value());
  for (const Migration& step : migrations()) {
    const TempDir dir;
    write_file(dir.file(), "");
    migrate_and_die(dir.file(), step.version);
    EXPECT_EQ(schema_version(*Database::open(dir.file()).value()), step.version - 1);
    EXPECT_EQ(dump(*open_database(dir.file()).value()), expected) << step.name;
  }
}

TEST(Migrations, GivenAStepThatFailsHalfWay_WhenApplied_ThenNothingOfItIsLeft) {
  const TempDir dir;
  write_file(dir.file(), "");
  auto db = Database::open(dir.file()).value();
  const std::vector<Migration> steps = {
      {1, "0001_good", "CREATE TABLE good (x)"},
      {2, "0002_bad", "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)"}};
  const auto done = migrate(*db, steps);
  ASSERT_FALSE(done);
  EXPECT_THAT(done.error().cause, ::testing::HasSubstr("0002_bad"));
  EXPECT_EQ(schema_version(*db), 1);
  EXPECT_THAT(dump(*db), ::testing::Not(::testing::HasSubstr("half")));
}

}  // namespace
}  // namespace cus::store::test
