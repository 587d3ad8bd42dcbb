// SPDX-License-Identifier: Apache-2.0
#include "mcp/progress.hpp"

#include <gmock/gmock.h>

#include <limits>

#include "fixture.hpp"

namespace cus::mcp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct ProgressTest : test::ServerTest {
  std::vector<double> values() const {
    std::vector<double> result;
    for (const Json& message : messages) result.push_back(message["params"]["progress"].get<double>());
    return result;
  }
};

TEST_F(ProgressTest, GivenATokenOfAnyKind_WhenReported_ThenItIsEchoedAsItIs) {
  for (const char* token : {"0", "-3", "\"\"", "\"t\"", "18446744073709551615"}) {
    messages.clear();
    ask(test::call("count", std::string(R"(,"_meta":{"progressToken":)") + token + "}"));
    ASSERT_FALSE(messages.empty()) << token;
    EXPECT_EQ(dump_json(messages.front()["params"]["progressToken"]), token);
  }
}

TEST_F(ProgressTest, GivenNoUsableToken_WhenReported_ThenNothingIsSent) {
  for (const char* meta :
       {"", R"(,"_meta":{})", R"(,"_meta":{"progressToken":null})", R"(,"_meta":{"progressToken":1.5})",
        R"(,"_meta":{"progressToken":[1]})", R"(,"_meta":7)"}) {
    ask(test::call("count", meta));
    EXPECT_THAT(messages, IsEmpty()) << meta;
  }
}

TEST_F(ProgressTest, GivenValuesThatStandStill_WhenReported_ThenTheWireSeesThemStrictlyIncrease) {
  ask(test::call("count", R"(,"_meta":{"progressToken":1})"));
  EXPECT_THAT(values(), ElementsAre(0.5, 1.0, 2.0));
  const Json& first = messages.front();
  EXPECT_EQ(first["jsonrpc"], "2.0");
  EXPECT_EQ(first["method"], "notifications/progress");
  EXPECT_EQ(first["params"]["total"], 10.0);
  EXPECT_FALSE(first["params"]["message"].get<std::string>().empty());
  EXPECT_FALSE(first.contains("id"));
}

TEST_F(ProgressTest, GivenValuesThatAreNoNumbers_WhenReported_ThenTheyAreNotSent) {
  Channel channel(loop.get_executor());
  ProgressReporter reporter(channel, Json(1));
  reporter.report(std::numeric_limits<double>::infinity(), std::nullopt, "");
  reporter.report(std::numeric_limits<double>::quiet_NaN(), std::nullopt, "");
  EXPECT_FALSE(channel.has_messages());
}

}  // namespace
}  // namespace cus::mcp
