// SPDX-License-Identifier: Apache-2.0
#include "store/statement.hpp"

#include <gmock/gmock.h>

#include "temp_store.hpp"

namespace cus::store::test {
namespace {

class Statements : public ::testing::Test {
 protected:
  TempDir dir_;
  std::shared_ptr<Database> db_ = open_database(dir_.file()).value();
};

TEST_F(Statements, GivenSqlThatDoesNotParse_WhenRun_ThenItFailsWithTheCauseForTheLogOnly) {
  Statement wrong(*db_, "SELEKT secret", std::string_view("value"));
  EXPECT_FALSE(wrong.next());
  const auto state = wrong.done();
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, Code::internal);
  EXPECT_THAT(state.error().cause, ::testing::HasSubstr("SELEKT"));
  EXPECT_THAT(state.error().message, ::testing::Not(::testing::HasSubstr("SELEKT")));
}

TEST_F(Statements, GivenMoreValuesThanPlaces_WhenBound_ThenItFailsInsteadOfIgnoringThem) {
  Statement narrow(*db_, "SELECT ?", std::string_view("a"), std::string_view("b"));
  EXPECT_FALSE(narrow.next());
  EXPECT_FALSE(narrow.done());
}

TEST_F(Statements, GivenEmptyTextAndBytesWithNul_WhenBound_ThenTheyComeBackWhole) {
  Statement echo(*db_, "SELECT ?, ?, ? IS NULL", std::string_view(), std::string("a\0b", 3),
                 std::string_view());
  ASSERT_TRUE(echo.next());
  EXPECT_EQ(echo.text(0), "");
  EXPECT_EQ(echo.text(1), std::string("a\0b", 3));
  EXPECT_EQ(echo.number(2), 0) << "empty text is text, not NULL";
  EXPECT_FALSE(echo.next());
  EXPECT_TRUE(echo.done());
}

TEST_F(Statements, GivenATransactionThatIsNotCommitted_WhenItEnds_ThenItIsRolledBack) {
  {
    auto transaction = Transaction::begin(*db_);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(db_->execute("CREATE TABLE gone (x)"));
  }
  EXPECT_FALSE(db_->execute("SELECT * FROM gone"));
  auto kept = Transaction::begin(*db_);
  ASSERT_TRUE(kept);
  ASSERT_TRUE(db_->execute("CREATE TABLE kept (x)"));
  ASSERT_TRUE(kept->commit());
  EXPECT_TRUE(db_->execute("SELECT * FROM kept"));
}

TEST_F(Statements, GivenATransactionIsOpen_WhenAnotherBegins_ThenItFails) {
  auto first = Transaction::begin(*db_);
  ASSERT_TRUE(first);
  EXPECT_FALSE(Transaction::begin(*db_));
  EXPECT_TRUE(first->commit());
}

}  // namespace
}  // namespace cus::store::test
