// SPDX-License-Identifier: Apache-2.0
#include "tools/bash_result.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"

namespace cus::tools {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;

BashFacts facts() {
  return {.command = "x", .timeout = 120s, .job = JobId(std::string(32, 'a')), .news = {}, .ignored = {}};
}

RunOutcome ended(int code, std::string output) {
  guest::JobEnd end;
  end.code = code;
  end.total = output.size();
  end.duration = 5ms;
  const std::uint64_t total = output.size();
  return {.state = RunState::ended,
          .end = end,
          .output = {.head = std::move(output), .tail = {}, .total = total}};
}

TEST(BashResult, GivenSuccessWithOutput_WhenWorded_ThenTheLastLineIsTheExit) {
  const ToolResult result = bash_result(facts(), ended(0, "hi\n"));
  EXPECT_EQ(result.text, "hi\n[exit 0]");
  EXPECT_FALSE(result.is_error);
}

TEST(BashResult, GivenOutputWithoutALineEnd_WhenWorded_ThenTheExitHasALineOfItsOwn) {
  EXPECT_EQ(bash_result(facts(), ended(0, "hi")).text, "hi\n[exit 0]");
}

TEST(BashResult, GivenSuccessWithoutOutput_WhenWorded_ThenItSaysSo) {
  EXPECT_EQ(bash_result(facts(), ended(0, "")).text, "[No output]\n[exit 0]");
}

TEST(BashResult, GivenFailure_WhenWorded_ThenItIsAnErrorWithOrWithoutOutput) {
  EXPECT_EQ(bash_result(facts(), ended(3, "")).text, "[Exit code: 3]");
  EXPECT_EQ(bash_result(facts(), ended(3, "no\n")).text, "no\n[Exit code: 3]");
  EXPECT_TRUE(bash_result(facts(), ended(3, "no\n")).is_error);
}

TEST(BashResult, GivenLeftovers_WhenWorded_ThenTheyAreNamed) {
  RunOutcome outcome = ended(0, "hi\n");
  outcome.end->leftovers = {{.pid = 12, .name = "sleep"}, {.pid = 15, .name = "node"}};
  EXPECT_EQ(bash_result(facts(), outcome).text,
            "hi\n[Still running: sleep (pid 12), node (pid 15); stop with kill, or they end with the "
            "sandbox]\n[exit 0]");
}

TEST(BashResult, GivenNewsNotesAndUnknownArguments_WhenWorded_ThenTheOrderHolds) {
  BashFacts all = facts();
  all.news = "The sandbox was restarted.";
  all.ignored = {"cwd"};
  all.shared_default = true;
  const std::string text = bash_result(all, ended(0, "hi\n")).text;
  EXPECT_THAT(text, testing::StartsWith("[The sandbox was restarted.]\nhi\n[Ignored unknown arguments: cwd]\n"
                                        "[SINGLE_USER_MODE: "));
  EXPECT_THAT(text, HasSubstr("X-Chat-Id"));
  EXPECT_THAT(text, EndsWith("]\n[exit 0]"));
}

TEST(BashResult, GivenTheFacts_WhenTheJobEnded_ThenTheMetaHasThem) {
  RunOutcome outcome = ended(0, std::string(40'000, 'x'));
  outcome.end->spool = "/tmp/computer-use/j.log";
  const Json meta = bash_result(facts(), outcome).meta;
  EXPECT_EQ(meta, (Json{{"exit_code", 0},
                        {"job_id", std::string(32, 'a')},
                        {"bytes", 40'000},
                        {"duration_ms", 5},
                        {"timed_out", false},
                        {"truncated", true},
                        {"spool", "/tmp/computer-use/j.log"}}));
}

TEST(BashResult, GivenASignalOrATimeLimit_WhenTheJobEnded_ThenTheMetaTellsThemApart) {
  RunOutcome outcome = ended(0, "");
  outcome.end->code.reset();
  outcome.end->signal = 9;
  Json meta = bash_result(facts(), outcome).meta;
  EXPECT_EQ(meta["exit_code"], 137);
  EXPECT_EQ(meta["signal"], 9);
  outcome.end->timed_out = true;
  meta = bash_result(facts(), outcome).meta;
  EXPECT_EQ(meta["exit_code"], 124);
  EXPECT_EQ(meta["timed_out"], true);
}

TEST(BashResult, GivenAnInterruptedRun_WhenWorded_ThenItIsAnErrorWithWhatWasSeen) {
  const RunOutcome outcome{.state = RunState::interrupted, .output = {.head = "abc", .tail = {}, .total = 3}};
  const ToolResult result = bash_result(facts(), outcome);
  EXPECT_THAT(result.text, testing::StartsWith("abc\n[Exit code unknown, interrupted: "));
  EXPECT_TRUE(result.is_error);
  EXPECT_TRUE(result.meta["exit_code"].is_null());
}

TEST(BashResult, GivenAJobThatCouldNotStart_WhenWorded_ThenTheReasonIsTheLastLine) {
  const RunOutcome outcome{.state = RunState::not_started, .problem = "too many jobs"};
  EXPECT_EQ(bash_result(facts(), outcome).text, "[Could not start: too many jobs]");
  EXPECT_TRUE(bash_result(facts(), outcome).is_error);
}

TEST(BashResult, GivenNamesThatAreNotUtf8_WhenWorded_ThenTheTextIs) {
  RunOutcome outcome = ended(0, "\xFF\n");
  outcome.end->leftovers = {{.pid = 1, .name = "\xC3("}};
  EXPECT_TRUE(utf8::valid(bash_result(facts(), outcome).text));
}

}  // namespace
}  // namespace cus::tools
