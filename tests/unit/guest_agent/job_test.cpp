// SPDX-License-Identifier: Apache-2.0
// Jobs as the server sees them: the real agent, real commands.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "rig.hpp"

namespace cus::test {
namespace {

using Clock = std::chrono::steady_clock;

class JobTest : public testing::Test {
 protected:
  Rig rig_;
};

TEST_F(JobTest, GivenACommand_WhenItEnds_ThenItsOutputAndItsCodeAreThere) {
  const Outcome outcome = rig_.run("echo out; echo err >&2; exit 7");
  EXPECT_EQ(outcome.output, "out\nerr\n");
  EXPECT_EQ(outcome.end.at("code"), 7);
  EXPECT_EQ(outcome.end.at("total"), 8);
  EXPECT_FALSE(outcome.end.contains("signal") || outcome.end.contains("error") ||
               outcome.end.contains("killed"));
  EXPECT_TRUE(outcome.end.at("leftovers").empty());
}

TEST_F(JobTest, GivenACommandThatDiesOfASignal_WhenItEnds_ThenTheSignalIsNamed) {
  const Outcome outcome = rig_.run("kill -SEGV $$");
  EXPECT_EQ(outcome.end.at("signal"), SIGSEGV);
  EXPECT_FALSE(outcome.end.contains("code"));
}

TEST_F(JobTest, GivenBothStreams_WhenTheyShareAPipe_ThenTheOrderIsExact) {
  const Outcome outcome = rig_.run("for i in {1..2000}; do echo o$i; echo e$i >&2; done");
  std::string expected;
  for (int i = 1; i <= 2000; ++i) expected += "o" + std::to_string(i) + "\ne" + std::to_string(i) + "\n";
  EXPECT_EQ(outcome.output, expected);
}

TEST_F(JobTest, GivenSplitStreams_WhenACommandWritesToBoth_ThenEachHasItsOwnOffsets) {
  json spec = Rig::spec("echo out; echo problem >&2; echo more");
  spec["split"] = true;
  const Outcome outcome = rig_.run_spec(spec);
  EXPECT_EQ(outcome.output, "out\nmore\n");
  EXPECT_EQ(outcome.error, "problem\n");
  EXPECT_EQ(outcome.end.at("total"), 9);
  EXPECT_EQ(outcome.end.at("total_error"), 8);
}

TEST_F(JobTest, GivenABackgroundProcess_WhenTheShellEnds_ThenTheJobEndsAtOnceAndTheProcessIsNamedAndAlive) {
  const auto begun = Clock::now();
  const Outcome outcome = rig_.run("sleep 300 & echo hi");
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(1));
  EXPECT_EQ(outcome.output, "hi\n");
  EXPECT_EQ(outcome.end.at("code"), 0);
  ASSERT_EQ(outcome.end.at("leftovers").size(), 1U);
  EXPECT_EQ(outcome.end.at("leftovers")[0].at("name"), "sleep");
  EXPECT_TRUE(process_alive(outcome.end.at("leftovers")[0].at("pid")));
}

TEST_F(JobTest, GivenABusyWriterInTheBackground_WhenTheShellEnds_ThenTheJobEndsAtOnce) {
  const auto begun = Clock::now();
  json spec = Rig::spec("yes & echo started");
  spec["head"] = 10;
  EXPECT_EQ(rig_.run_spec(spec).end.at("code"), 0);
  EXPECT_LT(Clock::now() - begun, std::chrono::seconds(5));
}

TEST_F(JobTest, GivenNoStandardInput_WhenACommandReadsIt_ThenItIsEmpty) {
  EXPECT_EQ(rig_.run("cat; echo read: $?").output, "read: 0\n");
}

TEST_F(JobTest, GivenStandardInput_WhenItIsSentInPieces_ThenTheCommandReadsItAllAndItsEnd) {
  json spec = Rig::spec("cat; echo end");
  spec["stdin"] = true;
  const auto job = rig_.start(spec);
  const std::string piece(guest::max_frame_bytes, 'x');
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    job->send(guest::FrameType::input, piece);
    expected += piece;
  }
  job->send(guest::FrameType::input_end);
  EXPECT_EQ(job->finish().output, expected + "end\n");
}

TEST_F(JobTest, GivenACommandThatReadsNothing_WhenMuchIsSent_ThenItEndsAllTheSame) {
  json spec = Rig::spec("exit 4");
  spec["stdin"] = true;
  const auto job = rig_.start(spec);
  for (int i = 0; i < 10; ++i) job->send(guest::FrameType::input, std::string(guest::max_frame_bytes, 'x'));
  EXPECT_EQ(job->finish().end.at("code"), 4);
}

TEST_F(JobTest, GivenDirectoryAndEnvironment_WhenACommandRuns_ThenItHasExactlyThese) {
  json spec = {
      {"id", std::string(32, '1')}, {"argv", {"env"}}, {"cwd", "/usr"}, {"env", {{"ONLY", "this one"}}}};
  EXPECT_EQ(rig_.run_spec(spec).output, "ONLY=this one\n");
  spec = {
      {"id", std::string(32, '2')}, {"argv", {"pwd"}}, {"cwd", "/usr"}, {"env", {{"PATH", "/nowhere:/bin"}}}};
  EXPECT_EQ(rig_.run_spec(spec).output, "/usr\n");
}

TEST_F(JobTest, GivenACommand_WhenItLooksAtItself_ThenNothingOfTheGuestIsOpenBlockedOrIgnored) {
  const Outcome outcome = rig_.run(
      "ls -l /proc/$$/fd | grep -c -v -e total -e pipe: -e memfd: -e /dev/null -e /dev/fd;"
      "grep -E 'Sig(Blk|Ign)' /proc/self/status; umask; ps -o sid= -p $$ | tr -d ' ' | grep -x $$ >/dev/null "
      "&& echo leader");
  std::istringstream lines(outcome.output);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "0") << outcome.output;
  std::getline(lines, line);
  EXPECT_EQ(line, "SigBlk:\t0000000000000000");
  std::getline(lines, line);
  EXPECT_EQ(line, "SigIgn:\t0000000000000000");
  std::getline(lines, line);
  EXPECT_EQ(line, "0022");
  std::getline(lines, line);
  EXPECT_EQ(line, "leader");
}

TEST_F(JobTest, GivenAProgramThatDoesNotExist_WhenItIsStarted_ThenTheErrorSaysSo) {
  const json spec = {{"id", std::string(32, '1')}, {"argv", {"no-such-program"}}, {"cwd", "/"}};
  const Outcome outcome = rig_.run_spec(spec);
  EXPECT_EQ(outcome.end.at("error"), "Cannot run no-such-program: No such file or directory");
  EXPECT_FALSE(outcome.end.contains("code") || outcome.end.contains("signal"));
}

TEST_F(JobTest, GivenAFileThatMayNotBeRun_WhenItIsStarted_ThenTheErrorSaysSo) {
  const json spec = {{"id", std::string(32, '1')}, {"argv", {"/etc/passwd"}}, {"cwd", "/"}};
  EXPECT_EQ(rig_.run_spec(spec).end.at("error"), "Cannot run /etc/passwd: Permission denied");
}

TEST_F(JobTest, GivenADirectoryThatDoesNotExist_WhenACommandIsStarted_ThenTheErrorSaysSo) {
  json spec = Rig::spec("true");
  spec["cwd"] = "/no/such";
  EXPECT_EQ(rig_.run_spec(spec).end.at("error"),
            "Cannot enter the directory /no/such: No such file or directory");
}

TEST_F(JobTest, GivenAScriptOf300KiB_WhenItRuns_ThenItsLengthIsNoMatter) {
  std::string script;
  while (script.size() < 300UL * 1024) script += ": a line of no consequence\n";
  EXPECT_EQ(rig_.run(script + "echo done").output, "done\n");
}

TEST_F(JobTest, GivenAnArgumentListTooLongForTheKernel_WhenItIsStarted_ThenTheErrorSaysSo) {
  json spec = {{"id", std::string(32, '1')}, {"argv", {"/bin/true"}}, {"cwd", "/"}};
  for (int i = 0; i < 100; ++i) spec["argv"].push_back(std::string(128 * 1024 - 1, 'x'));
  EXPECT_EQ(rig_.run_spec(spec).end.at("error"), "Cannot run /bin/true: Argument list too long");
}

std::size_t count_descriptors(pid_t pid) {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
    ++count;
  }
  return count;
}

bool is_stopped(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return text.substr(text.rfind(')') + 1).starts_with(" T");
}

std::string children_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
  std::string text;
  std::getline(file, text);
  return text;
}

TEST_F(JobTest, GivenAThousandShortJobs_WhenTheyHaveEnded_ThenNoProcessAndNoDescriptorIsLeft) {
  // The one supervisor that waits for the next job.
  const auto at_rest = [this] { return std::ranges::count(children_of(rig_.guest()), ' ') == 1; };
  for (int i = 0; i < 10; ++i) rig_.run("true");
  wait_until(at_rest);
  const std::size_t before = count_descriptors(rig_.guest());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(rig_.run("exit 3").end.at("code"), 3);
  wait_until(at_rest);
  wait_until([&] { return count_descriptors(rig_.guest()) == before; });
  EXPECT_EQ(rig_.request("GET", "/v1/jobs").body.at("jobs").size(),
            static_cast<std::size_t>(guest::max_kept_jobs));
}

TEST_F(JobTest, GivenTheSupervisorAheadWasKilled_WhenAJobIsStarted_ThenAnotherOneRunsIt) {
  wait_until([this] { return !children_of(rig_.guest()).empty(); });
  ASSERT_EQ(::kill(std::stoi(children_of(rig_.guest())), SIGKILL), 0);
  EXPECT_EQ(rig_.run("echo right").output, "right\n");
}

TEST_F(JobTest, GivenASupervisorThatIsKilledBeforeItReadsItsOrder_WhenTheJobIsFollowed_ThenItRanOnce) {
  wait_until([this] { return !children_of(rig_.guest()).empty(); });
  const pid_t ahead = std::stoi(children_of(rig_.guest()));
  ASSERT_EQ(::kill(ahead, SIGSTOP), 0);
  wait_until([ahead] { return is_stopped(ahead); });
  const auto job = rig_.start(Rig::spec("echo once"));
  ASSERT_EQ(::kill(ahead, SIGKILL), 0);
  const Outcome outcome = job->finish();
  EXPECT_EQ(outcome.output, "once\n");
  EXPECT_EQ(outcome.end.at("code"), 0);
}

TEST_F(JobTest, GivenAsManyJobsAsMayRun_WhenAnotherIsStarted_ThenItIsRefusedAndOneMayStartAgainLater) {
  std::vector<std::unique_ptr<Attached>> jobs;
  json spec;
  // Two connections are left for asking: a job needs none of its own.
  for (int i = 0; i < guest::max_running_jobs; ++i) {
    spec = Rig::spec("sleep 300");
    auto job = rig_.start(spec);
    if (i >= 40) job.reset();
    jobs.push_back(std::move(job));
  }
  const auto refused = rig_.upgrade("/v1/jobs", guest::upgrade_job, Rig::spec("true"));
  EXPECT_EQ(refused.refusal.status, 429);
  EXPECT_EQ(refused.refusal.body.at("error"), "too_many");
  EXPECT_EQ(
      rig_.request("POST", "/v1/jobs/" + spec.at("id").get<std::string>() + "/kill", {{"why", "enough"}})
          .status,
      202);
  EXPECT_EQ(rig_.attach("/v1/jobs/" + spec.at("id").get<std::string>())->finish().end.at("killed"), "enough");
  EXPECT_EQ(rig_.run("echo again").output, "again\n");
}

}  // namespace
}  // namespace cus::test
