// SPDX-License-Identifier: Apache-2.0
#include "cus/base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace cus {
namespace {

TEST(ErrorCode, GivenEachCode_WhenNamed_ThenTheNamesAreStableAndDifferent) {
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(Code::internal); ++code) {
    const std::string_view name = code_name(static_cast<Code>(code));
    EXPECT_TRUE(std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; })) << name;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  // Clients and guests know these by name.
  EXPECT_EQ(code_name(Code::invalid_argument), "invalid_argument");
  EXPECT_EQ(code_name(Code::timed_out), "timed_out");
  EXPECT_EQ(code_name(Code::engine_unavailable), "engine_unavailable");
  EXPECT_EQ(code_name(Code::storage_full), "storage_full");
  EXPECT_EQ(code_name(Code::internal), "internal");
}

TEST(FromErrno, GivenAFullDisk_WhenWrapped_ThenThatIsTheCodeAndThePathStaysInTheCause) {
  for (const int number : {ENOSPC, EDQUOT})
    EXPECT_EQ(from_errno(number, "write /data/x").code, Code::storage_full);
  const Error error = from_errno(EACCES, "open");
  EXPECT_EQ(error.code, Code::io);
  EXPECT_EQ(error.message, "open failed.");
  EXPECT_EQ(error.cause, "open: Permission denied");
}

TEST(Fail, GivenAFailure_WhenReturned_ThenTheResultCarriesIt) {
  const Result<int> result = fail(Code::not_found, "No such chat.", "row 7");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::not_found);
  EXPECT_EQ(result.error().message, "No such chat.");
  EXPECT_EQ(result.error().cause, "row 7");
}

}  // namespace
}  // namespace cus
