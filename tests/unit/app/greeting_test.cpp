// SPDX-License-Identifier: Apache-2.0
#include "app/greeting.hpp"

#include <gtest/gtest.h>

namespace cus::app {
namespace {

config::Config config() {
  config::Config config;
  config.listen_address = "127.0.0.1";
  return config;
}

TEST(Greeting, GivenNoKey_WhenGreeted_ThenItSaysWhoMayUseItAndHowToConnect) {
  const std::string text = greeting(config(), 8081, "");
  EXPECT_NE(text.find("http://localhost:8081/mcp"), std::string::npos);
  EXPECT_NE(text.find("MCP_API_KEY"), std::string::npos);
  EXPECT_NE(text.find("X-Chat-Id"), std::string::npos);
  EXPECT_EQ(text.find("Authorization"), std::string::npos);
}

TEST(Greeting, GivenAKeyOfTheOperator_WhenGreeted_ThenItIsAskedForButNeverShown) {
  config::Config keyed = config();
  keyed.api_key = "very-secret-key-of-mine";
  const std::string text = greeting(keyed, 8081, "");
  EXPECT_EQ(text.find(keyed.api_key), std::string::npos);
  EXPECT_NE(text.find("Authorization: Bearer KEY"), std::string::npos);
}

TEST(Greeting, GivenAKeyMadeJustNow_WhenGreeted_ThenItIsShown) {
  config::Config keyed = config();
  keyed.needs_generated_key = true;
  EXPECT_NE(greeting(keyed, 8081, "fresh-key").find("fresh-key"), std::string::npos);
}

}  // namespace
}  // namespace cus::app
