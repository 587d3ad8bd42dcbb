// SPDX-License-Identifier: Apache-2.0
#include "config/env_file.hpp"

#include <gmock/gmock.h>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

struct Good {
  std::string line;
  std::string value;
};

TEST(EnvFile, GivenOneWellFormedLine_WhenParsed_ThenItsValueIsAsAShellWouldReadIt) {
  const std::vector<Good> cases = {
      {"KEY=value", "value"},
      {"KEY=", ""},
      {"KEY=   ", ""},
      {"export KEY=value", "value"},
      {"  export\tKEY=value  ", "value"},
      {"KEY=a=b:c/d", "a=b:c/d"},
      {"KEY=two words", "two words"},
      {"KEY=value # comment", "value"},
      {"KEY=value#no-comment", "value#no-comment"},
      {"KEY=#comment", ""},
      {"KEY='single # quoted $HOME \\n'", "single # quoted $HOME \\n"},
      {"KEY=''", ""},
      {"KEY=' spaces '   # comment", " spaces "},
      {"KEY=\"double # quoted\"", "double # quoted"},
      {R"(KEY="a \"b\" \\ \$HOME")", R"(a "b" \ $HOME)"},
      {"KEY=cost 5$", "cost 5$"},
      {"KEY=\"5$ and $5\"", "5$ and $5"},
      {"KEY=value\r", "value"},
  };
  for (const Good& good : cases) {
    const EnvFile file = parse_env_file(good.line);
    EXPECT_EQ(problem_lines(file.problems), "") << good.line;
    EXPECT_EQ(file.values, (Values{{"KEY", good.value}})) << good.line;
  }
}

TEST(EnvFile, GivenOneMalformedLine_WhenParsed_ThenItIsRefusedWithItsNumberAndWithoutItsText) {
  const std::vector<std::string> cases = {
      "hushhush",          "=hush",          "1KEY=hush",
      "KEY =hush",         "KEY-A=hush",     "\xEF\xBB\xBFKEY=hush",
      "KEY='hush",         "KEY=\"hush",     "KEY=\"hush\\\"",
      "KEY=\"hush\\n\"",   "KEY='hush'more", "KEY='hush'#more",
      "KEY=\"hush\" more", "KEY=hu'sh'",     "KEY=hu\\sh",
      "KEY=$HUSH",         "KEY=${HUSH}",    "KEY=\"$(hush)\"",
      "KEY=hu\x01sh",      "export =hush",
  };
  for (const std::string& line : cases) {
    const EnvFile file = parse_env_file("# first\n" + line + "\n");
    ASSERT_EQ(keys_of(file.problems), ".env line 2") << line;
    EXPECT_THAT(file.problems[0].text, ::testing::Not(::testing::HasSubstr("hush"))) << line;
    EXPECT_TRUE(file.values.empty()) << line;
  }
}

TEST(EnvFile, GivenCommentsBlankLinesAndAnyLineEnd_WhenParsed_ThenOnlyTheValuesRemain) {
  const EnvFile file = parse_env_file("# one\n\n   \t\n  # two\r\nA=1\r\nB=2");
  EXPECT_EQ(problem_lines(file.problems), "");
  EXPECT_EQ(file.values, (Values{{"A", "1"}, {"B", "2"}}));
}

TEST(EnvFile, GivenSeveralBadLines_WhenParsed_ThenEachIsNamedAndTheGoodOnesCount) {
  const EnvFile file = parse_env_file("bad\nA=1\nworse\n");
  EXPECT_EQ(keys_of(file.problems), ".env line 1 .env line 3");
  EXPECT_EQ(file.values, (Values{{"A", "1"}}));
}

TEST(EnvFile, GivenAKeyTwice_WhenParsed_ThenItIsRefusedBecauseReadersDisagreeWhichCounts) {
  const EnvFile file = parse_env_file("A=1\nA=2\n");
  ASSERT_EQ(keys_of(file.problems), ".env line 2");
  EXPECT_EQ(file.problems[0].text, "A was already set above; keep one of the two");
}

TEST(EnvFile, GivenNothing_WhenParsed_ThenThereIsNothing) {
  EXPECT_TRUE(parse_env_file("").values.empty());
  EXPECT_TRUE(parse_env_file("\n\n").problems.empty());
}

TEST(EnvFile, GivenArbitraryBytes_WhenParsed_ThenItEndsWithoutHarm) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes += static_cast<char>((i * 7919 + i / 13) & 0xff);
  const EnvFile file = parse_env_file(bytes);
  EXPECT_FALSE(file.problems.empty());
}

}  // namespace
}  // namespace cus::config::test
