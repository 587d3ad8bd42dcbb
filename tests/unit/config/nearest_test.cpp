// SPDX-License-Identifier: Apache-2.0
#include "config/nearest.hpp"

#include <gtest/gtest.h>

namespace cus::config::test {
namespace {

const std::vector<std::string> commands = {"serve", "doctor", "exec", "sandboxes", "rm"};

TEST(Nearest, GivenASlip_WhenLookedFor_ThenTheWordThatWasMeantIsFound) {
  EXPECT_EQ(nearest("sevre", commands, 1), "serve");
  EXPECT_EQ(nearest("server", commands, 1), "serve");
  EXPECT_EQ(nearest("docter", commands, 1), "doctor");
  EXPECT_EQ(nearest("dotcor", commands, 1), "doctor");
  EXPECT_EQ(nearest("exe", commands, 1), "exec");
  EXPECT_EQ(nearest("exec", commands, 0), "exec");
  EXPECT_EQ(nearest("sandbox", commands, 2), "sandboxes");
}

TEST(Nearest, GivenMoreSlipsThanAllowed_WhenLookedFor_ThenNothingIsSuggested) {
  EXPECT_EQ(nearest("sandbox", commands, 1), "");
  EXPECT_EQ(nearest("serve", {"SERVE"}, 2), "");
  EXPECT_EQ(nearest("mr", commands, 2), "") << "a short word resembles anything";
}

TEST(Nearest, GivenSomethingElse_WhenLookedFor_ThenNothingIsSuggested) {
  EXPECT_EQ(nearest("frobnicate", commands, 2), "");
  EXPECT_EQ(nearest("", commands, 2), "");
  EXPECT_EQ(nearest("x", commands, 2), "");
  EXPECT_EQ(nearest(std::string(10'000, 's'), commands, 2), "");
  EXPECT_EQ(nearest("serve", {}, 2), "");
}

TEST(Nearest, GivenTwoCandidates_WhenLookedFor_ThenTheCloserOneWins) {
  EXPECT_EQ(nearest("listen", {"listener", "listed", "listens"}, 2), "listed");
  EXPECT_EQ(nearest("listens", {"listen", "listens"}, 2), "listens");
}

}  // namespace
}  // namespace cus::config::test
