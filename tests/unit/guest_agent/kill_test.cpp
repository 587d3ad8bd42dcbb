// SPDX-License-Identifier: Apache-2.0
// How jobs are ended: their whole tree, nobody else's, and in time.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <chrono>
#include <fstream>
#include <sstream>

#include "rig.hpp"

namespace cus::test {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Starts what is hard to end: each process writes its pid. Some ignore SIGTERM, one is stopped, one has a
// session of its own, one was forked twice, one has closed its output.
constexpr std::string_view stubborn = R"(
  trap '' TERM
  note() { echo $BASHPID; }
  setsid bash -c 'trap "" TERM; echo $$; exec sleep 300' &
  ( ( note; exec sleep 300 ) & )
  ( note; kill -STOP $BASHPID; sleep 300 ) &
  ( note; exec >/dev/null 2>&1; nohup sleep 300 ) &
  ( trap - TERM; note; exec sleep 300 ) &
  sleep 300
)";
constexpr int stubborn_processes = 5;

std::vector<pid_t> read_pids(Attached& job, int count) {
  std::string text;
  while (std::ranges::count(text, '\n') < count) text += job.next().payload.substr(8);
  std::istringstream lines(text);
  std::vector<pid_t> pids(static_cast<std::size_t>(count));
  for (pid_t& pid : pids) lines >> pid;
  return pids;
}

class KillTest : public testing::Test {
 protected:
  Rig rig_;
};

TEST_F(KillTest, GivenAStubbornTree_WhenItsJobIsKilled_ThenAllOfItIsDeadInTimeAndAnotherJobsIsNot) {
  const auto other = rig_.start(Rig::spec("setsid sleep 300 & echo $!; wait"));
  const pid_t neighbour = read_pids(*other, 1).front();
  const auto job = rig_.start(Rig::spec(std::string(stubborn)));
  const std::vector<pid_t> pids = read_pids(*job, stubborn_processes);
  const auto begun = Clock::now();
  job->send(guest::FrameType::kill, R"({"why":"cancelled"})");
  const Outcome outcome = job->finish();
  EXPECT_LT(Clock::now() - begun, milliseconds(guest::kill_grace_ms + 500));
  EXPECT_EQ(outcome.end.at("killed"), "cancelled");
  EXPECT_EQ(outcome.end.at("signal"), SIGKILL);
  EXPECT_FALSE(outcome.end.at("timed_out"));
  EXPECT_TRUE(outcome.end.at("leftovers").empty());
  for (const pid_t pid : pids) EXPECT_FALSE(process_alive(pid)) << pid;
  EXPECT_TRUE(process_alive(neighbour));
}

TEST_F(KillTest, GivenACommandThatObeys_WhenItIsKilled_ThenItEndsAtOnceByItsOwnHand) {
  // Ready once sleep runs: between its fork and its exec bash would swallow the signal.
  const auto job =
      rig_.start(Rig::spec("trap 'echo bye; exit 5' TERM; sleep 300 &\n"
                           "until [[ $(< /proc/$!/comm) == sleep ]]; do :; done; echo ready; wait"));
  job->next();
  const auto begun = Clock::now();
  job->send(guest::FrameType::kill, R"({"why":"cancelled"})");
  const Outcome outcome = job->finish();
  EXPECT_LT(Clock::now() - begun, milliseconds(1000));
  EXPECT_EQ(outcome.output, "bye\n");
  EXPECT_EQ(outcome.end.at("code"), 5);
  EXPECT_EQ(outcome.end.at("killed"), "cancelled");
}

TEST_F(KillTest, GivenATimeout_WhenItPasses_ThenTheJobIsKilledAndSaysSo) {
  json spec = Rig::spec("echo begun; sleep 300");
  spec["timeout_ms"] = 100;
  const Outcome outcome = rig_.run_spec(spec);
  EXPECT_EQ(outcome.output, "begun\n");
  EXPECT_TRUE(outcome.end.at("timed_out"));
  EXPECT_EQ(outcome.end.at("killed"), "timeout");
  EXPECT_EQ(outcome.end.at("signal"), SIGTERM);
}

TEST_F(KillTest, GivenATimeoutWithoutAServer_WhenItPasses_ThenTheJobIsDeadAllTheSame) {
  json spec = Rig::spec("echo begun; sleep 300");
  spec["timeout_ms"] = 100;
  const auto job = rig_.start(spec);
  rig_.restart_server();
  const auto again = rig_.attach("/v1/jobs/" + spec.at("id").get<std::string>());
  EXPECT_TRUE(again->finish().end.at("timed_out"));
}

TEST_F(KillTest, GivenLeftovers_WhenTheEndedJobIsForgotten_ThenTheyAreEnded) {
  const json spec = Rig::spec("setsid sleep 300 & echo $!");
  const Outcome outcome = rig_.run_spec(spec);
  const pid_t left = std::stoi(outcome.output);
  ASSERT_TRUE(process_alive(left));
  const std::string target = "/v1/jobs/" + spec.at("id").get<std::string>();
  EXPECT_EQ(rig_.request("DELETE", target).status, 204);
  wait_until([left] { return !process_alive(left); });
  EXPECT_EQ(rig_.request("DELETE", target).status, 404);
}

TEST_F(KillTest, GivenARunningJob_WhenItIsToBeForgotten_ThenThatIsRefused) {
  const json spec = Rig::spec("sleep 300");
  const auto job = rig_.start(spec);
  EXPECT_EQ(rig_.request("DELETE", "/v1/jobs/" + spec.at("id").get<std::string>()).status, 409);
}

TEST_F(KillTest, GivenASupervisorThatWasStoppedFromInside_WhenItsJobIsKilled_ThenTheGuestEndsItInTime) {
  const auto job = rig_.start(Rig::spec("trap '' TERM; kill -STOP $PPID; echo $$; sleep 300"));
  const pid_t shell = read_pids(*job, 1).front();
  const auto begun = Clock::now();
  job->send(guest::FrameType::kill, R"({"why":"cancelled"})");
  const Outcome outcome = job->finish();
  EXPECT_LT(Clock::now() - begun, milliseconds(guest::kill_grace_ms + 500));
  EXPECT_EQ(outcome.end.at("killed"), "cancelled");
  wait_until([shell] { return !process_alive(shell); });
}

TEST_F(KillTest, GivenASupervisorThatWasKilledFromInside_WhenThatIsSeen_ThenTheJobEndsAndNothingOfItIsLeft) {
  const json spec = Rig::spec("setsid sleep 300 & echo $!; echo $$; kill -KILL $PPID; sleep 300");
  const auto job = rig_.start(spec);
  const std::vector<pid_t> pids = read_pids(*job, 2);
  const Outcome outcome = job->finish();
  EXPECT_EQ(outcome.end.at("killed"), "supervisor lost");
  EXPECT_EQ(outcome.end.at("signal"), SIGKILL);
  for (const pid_t pid : pids) wait_until([pid] { return !process_alive(pid); });
  EXPECT_EQ(rig_.run("echo right").output, "right\n");
}

TEST_F(KillTest, GivenASupervisorThatIsSentSignals_WhenItsJobGoesOn_ThenItIsNotMoved) {
  EXPECT_EQ(
      rig_.run("kill -TERM $PPID; kill -HUP $PPID; kill -INT $PPID; kill -CHLD $PPID; echo still").output,
      "still\n");
}

TEST_F(KillTest, GivenRunningJobs_WhenTheGuestIsTerminated_ThenItLeavesWithinTwoSecondsAndTakesThemAlong) {
  const auto job = rig_.start(Rig::spec(std::string(stubborn)));
  const std::vector<pid_t> pids = read_pids(*job, stubborn_processes);
  const auto begun = Clock::now();
  EXPECT_EQ(rig_.stop(), 0);
  EXPECT_LT(Clock::now() - begun, milliseconds(2000));
  for (const pid_t pid : pids) EXPECT_FALSE(process_alive(pid)) << pid;
}

TEST_F(KillTest, GivenNoJobs_WhenTheGuestIsTerminated_ThenItLeavesAtOnce) {
  const auto begun = Clock::now();
  EXPECT_EQ(rig_.stop(), 0);
  EXPECT_LT(Clock::now() - begun, milliseconds(500));
}

TEST_F(KillTest, GivenAHangup_WhenItReachesTheGuest_ThenItGoesOn) {
  ::kill(rig_.guest(), SIGHUP);
  ::kill(rig_.guest(), SIGPIPE);
  EXPECT_EQ(rig_.run("echo on").output, "on\n");
}

}  // namespace
}  // namespace cus::test
