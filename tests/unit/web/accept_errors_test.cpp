// SPDX-License-Identifier: Apache-2.0
#include "web/accept_errors.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using boost::system::error_code;

TEST(AcceptErrors, GivenEachError_WhenJudged_ThenOnlyAClosedListenerStops) {
  const AcceptErrors errors;
  const auto judge = [&](int number) {
    return errors.judge(error_code(number, boost::system::system_category()));
  };
  EXPECT_EQ(judge(ECANCELED), AcceptAction::stop);
  EXPECT_EQ(judge(EBADF), AcceptAction::stop);
  EXPECT_EQ(judge(ECONNABORTED), AcceptAction::retry);
  for (const int number : {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPERM, EPROTO}) {
    EXPECT_EQ(judge(number), AcceptAction::pause) << number;
  }
}

TEST(AcceptErrors, GivenAFloodOfErrors_WhenLogged_ThenThereIsOneLineASecond) {
  AcceptErrors errors;
  const Clock::time_point start{1h};
  EXPECT_TRUE(errors.should_log(start));
  EXPECT_EQ(errors.suppressed(), 0U);
  for (int i = 1; i < 10; ++i) EXPECT_FALSE(errors.should_log(start + i * 100ms));
  EXPECT_TRUE(errors.should_log(start + 1s));
  EXPECT_EQ(errors.suppressed(), 9U);
  EXPECT_TRUE(errors.should_log(start + 2s));
  EXPECT_EQ(errors.suppressed(), 0U);
}

}  // namespace
}  // namespace cus::web
