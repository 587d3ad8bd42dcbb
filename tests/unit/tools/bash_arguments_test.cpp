// SPDX-License-Identifier: Apache-2.0
#include "tools/bash_arguments.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::tools {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

auto parse(const std::string& json) {
  return parse_bash_arguments(*parse_json(json), 120s);
}

TEST(BashArguments, GivenOnlyACommand_WhenParsed_ThenTheTimeLimitIsTheDefaultExactly) {
  const auto arguments = parse(R"({"command":"ls"})");
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->command, "ls");
  EXPECT_EQ(arguments->timeout, 120s);
  EXPECT_EQ(arguments->description, "");
  EXPECT_THAT(arguments->ignored, SizeIs(0));
}

TEST(BashArguments, GivenAllArguments_WhenParsed_ThenTheyAreTaken) {
  const auto arguments = parse(R"({"command":"ls","description":"look","timeout_seconds":7})");
  EXPECT_EQ(arguments->description, "look");
  EXPECT_EQ(arguments->timeout, 7s);
}

TEST(BashArguments, GivenWholeNumbersInOtherDress_WhenParsed_ThenTheyAreTaken) {
  for (const char* seconds : {"1", "3600", "\"30\"", "30.0", "null"}) {
    EXPECT_TRUE(parse(std::string(R"({"command":"ls","timeout_seconds":)") + seconds + "}")) << seconds;
  }
}

TEST(BashArguments, GivenABadTimeLimit_WhenParsed_ThenTheModelIsToldTheRange) {
  for (const char* seconds : {"0", "-1", "3601", "1.5", "\"x\"", "\"\"", "\"5 \"", "true", "[]", "1e300",
                              "18446744073709551615", "-9223372036854775808"}) {
    const auto arguments = parse(std::string(R"({"command":"ls","timeout_seconds":)") + seconds + "}");
    ASSERT_FALSE(arguments) << seconds;
    EXPECT_THAT(arguments.error().message, HasSubstr("from 1 to 3600"));
    EXPECT_THAT(arguments.error().message, HasSubstr("timeout_seconds"));
  }
}

TEST(BashArguments, GivenABadCommand_WhenParsed_ThenTheModelIsToldHowToRepairTheCall) {
  for (const char* json :
       {R"({})", R"({"command":null})", R"({"command":7})", R"({"command":["ls"]})", R"({"command":""})",
        R"({"command":" \n\t"})", R"({"command":"a\u0000b"})", R"([])", R"("ls")"}) {
    const auto arguments = parse(json);
    ASSERT_FALSE(arguments) << json;
    EXPECT_EQ(arguments.error().code, Code::invalid_argument);
    EXPECT_GT(arguments.error().message.size(), 40U);
  }
}

TEST(BashArguments, GivenADescriptionThatIsNoText_WhenParsed_ThenItIsRefused) {
  EXPECT_FALSE(parse(R"({"command":"ls","description":{}})"));
  EXPECT_TRUE(parse(R"({"command":"ls","description":null})"));
}

TEST(BashArguments, GivenUnknownArguments_WhenParsed_ThenTheirNamesAreKeptWithinBounds) {
  EXPECT_THAT(parse(R"({"command":"ls","cwd":"/","shell":"zsh"})")->ignored, ElementsAre("cwd", "shell"));
  Json many = {{"command", "ls"}};
  for (int i = 0; i < 100; ++i) many[std::string(500, 'x') + std::to_string(i)] = i;
  const auto arguments = parse_bash_arguments(many, 120s);
  EXPECT_THAT(arguments->ignored, SizeIs(8));
  EXPECT_THAT(arguments->ignored, testing::Each(SizeIs(64)));
}

TEST(BashArguments, GivenTheSchema_WhenPublished_ThenItIsThePlainObjectClientsExpect) {
  const Json golden = R"json({
    "type": "object",
    "properties": {
      "command": {"type": "string", "minLength": 1, "description": "Shell text for bash; may span lines."},
      "description": {"type": "string", "description": "What the command is for, shown to the person who waits."},
      "timeout_seconds": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 90,
        "description": "The command and all it started is stopped after this many seconds."}
    },
    "required": ["command"],
    "additionalProperties": false
  })json"_json;
  EXPECT_EQ(bash_schema(90s), golden);
}

}  // namespace
}  // namespace cus::tools
