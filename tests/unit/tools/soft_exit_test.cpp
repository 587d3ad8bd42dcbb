// SPDX-License-Identifier: Apache-2.0
#include "tools/soft_exit.hpp"

#include <gtest/gtest.h>

#include "tools/simple_command.hpp"

namespace cus::tools {
namespace {

struct SoftCase {
  const char* command;
  const char* meaning;
};

class SoftCommands : public testing::TestWithParam<SoftCase> {};
TEST_P(SoftCommands, GivenOneSimpleCommand_WhenItEndsWith1_ThenItIsAnAnswer) {
  EXPECT_EQ(soft_exit(GetParam().command, 1, ""), GetParam().meaning) << GetParam().command;
}

INSTANTIATE_TEST_SUITE_P(
    Table, SoftCommands,
    testing::Values(
        SoftCase{"grep x f", "No matches found"}, SoftCase{"rg x", "No matches found"},
        SoftCase{"  /usr/bin/grep -rn 'a|b; c' .\n", "No matches found"},
        SoftCase{"LC_ALL=C grep x f", "No matches found"},
        SoftCase{"sudo -u assistant grep x f", "No matches found"},
        SoftCase{"env -i -u B A=1 grep x", "No matches found"}, SoftCase{"env -- grep x", "No matches found"},
        SoftCase{"nice -n 5 grep x f", "No matches found"},
        SoftCase{"nice --adjustment=5 grep x f", "No matches found"},
        SoftCase{"time -p grep x f", "No matches found"},
        SoftCase{"strace -f -o /tmp/t grep x f", "No matches found"},
        SoftCase{"grep a=b f", "No matches found"}, SoftCase{"grep x f 2>/dev/null", "No matches found"},
        SoftCase{"grep x f 2>&1", "No matches found"}, SoftCase{"grep x f &>/tmp/o", "No matches found"},
        SoftCase{"grep x < f > g", "No matches found"},
        SoftCase{"grep x f # nothing; else", "No matches found"},
        SoftCase{"grep x \\\n  f", "No matches found"},
        SoftCase{"grep \"a $HOME \\\" b\" f", "No matches found"}, SoftCase{"'grep' x f", "No matches found"},
        SoftCase{"diff a b", "Files differ"},
        SoftCase{"find / -name x", "Some directories were inaccessible"},
        SoftCase{"test -f x", "Condition is false"}, SoftCase{"[ -f x ]", "Condition is false"}));

class HardCommands : public testing::TestWithParam<const char*> {};
TEST_P(HardCommands, GivenAnythingElse_WhenItEndsWith1_ThenItIsAFailure) {
  EXPECT_EQ(soft_exit(GetParam(), 1, ""), std::nullopt) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Table, HardCommands,
                         testing::Values("", "  ", "false", "python3 grep", "cd x && grep y f",
                                         "grep x f | cat", "cat f | grep x", "grep x f; false",
                                         "grep x f || false", "grep x f &", "grep x f\nfalse", "(grep x f)",
                                         "grep $(cat p) f", "grep \"$(cat p)\" f", "grep `cat p` f",
                                         "grep \"`cat p`\" f", "diff <(a) <(b)", "grep x <<EOF\nx\nEOF",
                                         "! grep x f", "grep 'x f", "grep \"x f", "grep $'\\'' f",
                                         "if grep x f", "egrep x", "sudo", "A=1", "env", "grep x >",
                                         "grep x > > f", "X=\"A=1\"; grep", "\"A=1 grep\" x"));

TEST(SoftExit, GivenAnotherCodeThan1_WhenJudged_ThenItIsAFailure) {
  EXPECT_EQ(soft_exit("grep x f", 2, ""), std::nullopt);
  EXPECT_EQ(soft_exit("diff a b", 2, ""), std::nullopt);
  EXPECT_EQ(soft_exit("grep x f", 0, ""), std::nullopt);
}

TEST(SoftExit, GivenOutput_WhenDiffOrGrepEndWith1_ThenItIsStillAnAnswer) {
  EXPECT_EQ(soft_exit("diff a b", 1, "1c1\n< a\n---\n> b\n"), "Files differ");
  EXPECT_EQ(soft_exit("grep -c x f", 1, "0\n"), "No matches found");
}

TEST(SoftExit, GivenFindComplains_WhenItIsNotOfPermissions_ThenItIsAFailure) {
  EXPECT_EQ(soft_exit("find / -name x", 1, "/a/x\nfind: '/root': Permission denied\n"),
            "Some directories were inaccessible");
  EXPECT_EQ(soft_exit("find /nope", 1, "find: '/nope': No such file or directory\n"), std::nullopt);
}

TEST(SoftExit, GivenSudoThatExplainsItself_WhenItEndsWith1_ThenItIsAFailure) {
  EXPECT_EQ(soft_exit("sudo grep x f", 1, "sudo: there is no root in this sandbox\n"), std::nullopt);
}

TEST(SoftExit, GivenAProgramAsLongAsAFile_WhenJudged_ThenItIsNotASimpleCommand) {
  EXPECT_EQ(soft_exit("grep " + std::string(100'000, 'x'), 1, ""), std::nullopt);
}

TEST(SimpleCommand, GivenQuotesAndRedirections_WhenSplit_ThenTheWordsAreTheShells) {
  const auto words = simple_command_words(R"(a "b c"'d' e\ f 2>/dev/null >out <in g)");
  ASSERT_TRUE(words);
  EXPECT_EQ(*words, (std::vector<std::string>{"a", "b cd", "e f", "g"}));
}

}  // namespace
}  // namespace cus::tools
