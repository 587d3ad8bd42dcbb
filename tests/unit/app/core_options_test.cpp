// SPDX-License-Identifier: Apache-2.0
#include "app/core_options.hpp"

#include <gtest/gtest.h>

namespace cus::app {
namespace {

config::Loaded loaded(const config::Values& environment) {
  config::Sources sources;
  sources.environment = environment;
  sources.is_root = true;
  sources.program_directory = "/usr/local/bin";
  config::Loaded result = config::load(sources);
  check_grammars(result);
  return result;
}

TEST(CoreOptions, GivenTheDefaults_WhenMapped_ThenSandboxesHaveLimitsAndNoNetworkButTheProxy) {
  const CoreOptions options = core_options(loaded({}).config);
  EXPECT_GT(options.sandbox.limits.memory_bytes, 0U);
  EXPECT_GT(options.sandbox.limits.nano_cpus, 0U);
  EXPECT_GT(options.sandbox.limits.pids, 0);
  EXPECT_GT(options.sandbox.limits.open_files, 0U);
  EXPECT_EQ(options.sandbox.network, engine::Network::none);
  EXPECT_TRUE(options.egress.enabled);
}

TEST(CoreOptions, GivenTheNetworkIsOff_WhenMapped_ThenTheWayOutIsClosed) {
  EXPECT_FALSE(core_options(loaded({{"ENABLE_NETWORK", "false"}}).config).egress.enabled);
  EXPECT_FALSE(core_options(loaded({{"SANDBOX_NETWORK", "none"}}).config).egress.enabled);
}

TEST(CoreOptions, GivenAnException_WhenMapped_ThenTheEgressKnowsIt) {
  const CoreOptions options = core_options(loaded({{"EGRESS_ALLOW_PRIVATE", "10.1.0.0/16:443"}}).config);
  ASSERT_EQ(options.egress.allow_private.size(), 1U);
  EXPECT_EQ(options.egress.allow_private[0].port, 443);
}

TEST(CoreOptions, GivenEachMode_WhenMapped_ThenToolsGetIt) {
  EXPECT_EQ(tool_settings(loaded({}).config).mode, tools::SingleUserMode::lenient);
  EXPECT_EQ(tool_settings(loaded({{"SINGLE_USER_MODE", "true"}}).config).mode, tools::SingleUserMode::single);
  EXPECT_EQ(tool_settings(loaded({{"SINGLE_USER_MODE", "false"}}).config).mode,
            tools::SingleUserMode::strict);
}

TEST(Grammars, GivenSettingsWhoseRoomsRefuseThem_WhenChecked_ThenEachIsAProblemWithItsName) {
  const config::Loaded result = loaded({{"EGRESS_ALLOW_PRIVATE", "not-an-address"},
                                        {"MCP_API_KEYS", "nocolon"},
                                        {"ALLOWED_HOSTS", "http://x/y"}});
  std::string keys;
  for (const config::Finding& problem : result.problems) keys += problem.key + " ";
  EXPECT_NE(keys.find("EGRESS_ALLOW_PRIVATE"), std::string::npos) << keys;
  EXPECT_NE(keys.find("MCP_API_KEYS"), std::string::npos) << keys;
  EXPECT_NE(keys.find("ALLOWED_HOSTS"), std::string::npos) << keys;
}

}  // namespace
}  // namespace cus::app
