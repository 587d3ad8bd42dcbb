// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Report report_on(Values environment) {
  return check_report(load_with(std::move(environment)));
}

TEST(CheckReport, GivenEverythingIsSet_WhenChecked_ThenEachLineIsOk) {
  const Report report =
      report_on({{"MCP_API_KEY", "0123456789abcdef"}, {"PUBLIC_BASE_URL", "https://a.example"}});
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.text, Not(HasSubstr("[WARN]")));
  EXPECT_THAT(report.text, Not(HasSubstr("[ERR]")));
  EXPECT_THAT(report.text, HasSubstr("\nContainer engine\n[OK]   ENGINE = auto (default)\n[OK]   "
                                     "DOCKER_SOCKET = unix:///var/run/docker.sock (default)\n"));
  EXPECT_THAT(report.text, HasSubstr("[OK]   PUBLIC_BASE_URL = https://a.example (environment)\n"));
  EXPECT_THAT(report.text, HasSubstr("[OK]   errors: 0, warnings: 0\n"));
}

TEST(CheckReport, GivenKeys_WhenChecked_ThenOnlyWhetherTheyAreSetIsShown) {
  const Report report = report_on({{"MCP_API_KEY", "hush-hush-hush-hush"}});
  EXPECT_THAT(report.text, HasSubstr("[OK]   MCP_API_KEY = set (environment)\n"));
  EXPECT_THAT(report.text, HasSubstr("[OK]   MCP_API_KEYS = not set (default)\n"));
  EXPECT_THAT(report.text, Not(HasSubstr("hush")));
}

TEST(CheckReport, GivenNothingIsSet_WhenChecked_ThenItWarnsOfTheMissingKeyAndAddressOnly) {
  const Report report = report_on({});
  EXPECT_EQ(report.exit_code, 0);
  EXPECT_THAT(report.text, HasSubstr("[WARN] MCP_API_KEY: is not set: every program on this machine"));
  EXPECT_THAT(report.text,
              HasSubstr("[WARN] PUBLIC_BASE_URL: is not set: links will point to http://localhost:8081"));
  EXPECT_THAT(report.text, HasSubstr("errors: 0, warnings: 2\n"));
}

TEST(CheckReport, GivenOnlyNamedKeys_WhenChecked_ThenTheSingleOneIsNotMissed) {
  EXPECT_THAT(report_on({{"MCP_API_KEYS", "a:0123456789abcdef"}}).text, Not(HasSubstr("[WARN] MCP_API_KEY")));
}

TEST(CheckReport, GivenAnotherAddressWithoutAKey_WhenChecked_ThenItSaysThatOneWillBeMade) {
  EXPECT_THAT(report_on({{"LISTEN_ADDRESS", "0.0.0.0"}}).text,
              HasSubstr("[WARN] MCP_API_KEY: is not set: a random key will be made"));
}

TEST(CheckReport, GivenProblems_WhenChecked_ThenTheyAreErrorsInTheirGroupAndTheExitCodeIsOne) {
  const Machine machine;
  Sources sources = machine.sources({{"COMMAND_TIMEOUT", "0"}});
  sources.env_file = "oops\n";
  Loaded loaded = load(sources);
  add_problem(loaded, "MCP_API_KEYS: entry 1 must be written name:key.");
  const Report report = check_report(loaded);
  EXPECT_EQ(report.exit_code, 1);
  EXPECT_TRUE(report.text.starts_with("Sources\n[ERR]  .env line 1: "));
  EXPECT_THAT(report.text, HasSubstr("[ERR]  COMMAND_TIMEOUT: \"0\" (from environment) is not accepted"));
  EXPECT_THAT(report.text, HasSubstr("[ERR]  MCP_API_KEYS: entry 1 must be written name:key.\n"));
  EXPECT_THAT(report.text, Not(HasSubstr("[OK]   COMMAND_TIMEOUT")));
  EXPECT_THAT(report.text, HasSubstr("[ERR]  errors: 3, warnings: 2\n"));
}

}  // namespace
}  // namespace cus::config::test
