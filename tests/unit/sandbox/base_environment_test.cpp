// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "cus/sandbox/computer.hpp"

namespace cus::sandbox {
namespace {

TEST(BaseEnvironment, GivenAJob_WhenItsEnvironmentIsMade_ThenToolsFindTheProxyInEitherCase) {
  const auto env = base_environment();
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"}) {
    EXPECT_EQ(env.at(name), "http://127.0.0.1:3128") << name;
  }
  EXPECT_EQ(env.at("NODE_USE_ENV_PROXY"), "1");
  EXPECT_NE(env.at("JAVA_TOOL_OPTIONS").find("-Dhttps.proxyPort=3128"), std::string::npos);
  EXPECT_NE(env.at("no_proxy").find("127.0.0.1"), std::string::npos);
}

TEST(BaseEnvironment, GivenTheServersOwnEnvironment_WhenAJobsIsMade_ThenNothingOfItIsPassedOn) {
  ::setenv("CUS_TEST_SECRET", "canary", 1);
  for (const auto& [name, value] : base_environment()) {
    EXPECT_NE(name, "CUS_TEST_SECRET");
    EXPECT_EQ(value.find("canary"), std::string::npos);
  }
}

}  // namespace
}  // namespace cus::sandbox
