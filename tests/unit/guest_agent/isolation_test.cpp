// SPDX-License-Identifier: Apache-2.0
// The agent as PID 1 without rights, and commands that attack it.
#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX

#include <chrono>

#include "rig.hpp"

namespace cus::test {
namespace {

class IsolationTest : public testing::Test {
 protected:
  // Until only the guest's own processes and the shell that looks are there.
  void wait_until_alone() {
    const char* const look =
        "for p in /proc/[0-9]*; do read -r name <$p/comm && [[ $name != computer-use-* ]] && echo $name; "
        "done; :";
    wait_until([this, look] { return rig_.run(look).output == "bash\n"; });
  }

  Rig rig_{Rig::Place::pid_space};
};

TEST_F(IsolationTest, GivenACommandThatKillsEverything_WhenItDid_ThenItsJobEndsAndTheNextOneIsRight) {
  const auto bystander = rig_.start(Rig::spec("sleep 300"));
  const Outcome outcome = rig_.run("kill -9 -1; sleep 300");
  EXPECT_EQ(outcome.end.at("killed"), "supervisor lost");
  EXPECT_EQ(bystander->finish().end.at("signal"), SIGKILL);
  EXPECT_EQ(rig_.run("echo right").output, "right\n");
  wait_until_alone();
}

TEST_F(IsolationTest, GivenACommandThatSignalsPid1_WhenItDid_ThenTheGuestGoesOn) {
  EXPECT_EQ(rig_.run("kill -9 1; kill -STOP 1; kill -HUP 1; kill -ABRT 1; echo on").output, "on\n");
  EXPECT_EQ(rig_.run("echo and on").output, "and on\n");
}

TEST_F(IsolationTest, GivenACommandThatLooksIntoTheGuest_WhenItTries_ThenEverythingIsDenied) {
  const Outcome outcome = rig_.run(
      "for f in mem environ maps fd/0 root/etc cwd/etc; do"
      "  for p in 1 $PPID; do (ls /proc/$p/$f/ || cat /proc/$p/$f) >/dev/null 2>&1 && echo open $p $f; done;"
      "done; ls /proc/1/fd /proc/$PPID/fd 2>/dev/null; echo checked");
  EXPECT_EQ(outcome.output, "checked\n");
}

TEST_F(IsolationTest, GivenACommandThatTracesTheGuest_WhenItTries_ThenItIsRefused) {
  const Outcome outcome = rig_.run(
      "python3 - $PPID <<'E'\n"
      "import ctypes, sys\n"
      "libc = ctypes.CDLL(None, use_errno=True)\n"
      "for pid in (1, int(sys.argv[1])):\n"
      "    print(libc.ptrace(16, pid, None, None), ctypes.get_errno())\n"
      "E\n");
  EXPECT_EQ(outcome.output, "-1 1\n-1 1\n");
}

TEST_F(IsolationTest, GivenOtherJobs_WhenACommandReadsEverythingItMay_ThenTheTokenIsNowhere) {
  json neighbour = Rig::spec("echo ready; sleep 300");
  neighbour["env"]["CANARY"] = "seen from outside";
  const auto other = rig_.start(neighbour);
  other->next();
  // The pattern is put together in the shell, so that the search does not find itself.
  json spec = Rig::spec(
      "all=$(cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n')\n"
      "[[ $all == *'seen from outside'* ]] && echo looked; [[ $all == *$A$B* ]] && echo found; true");
  spec["env"]["A"] = rig_.token().substr(0, 20);
  spec["env"]["B"] = rig_.token().substr(20, 20);
  EXPECT_EQ(rig_.run_spec(spec).output, "looked\n");
}

TEST_F(IsolationTest, GivenMemoryRunsOut_WhenTheKernelChooses_ThenJobsGoBeforeSupervisorsAndTheGuestLast) {
  // The supervisor takes its rank while its command starts.
  const Outcome outcome = rig_.run(
      "for i in {1..5000}; do [ $(< /proc/$PPID/oom_score_adj) = 200 ] && break; done; "
      "cat /proc/1/oom_score_adj /proc/$PPID/oom_score_adj /proc/self/oom_score_adj");
  EXPECT_EQ(outcome.output, "0\n200\n500\n");
}

TEST_F(IsolationTest, GivenACommandThatForksWithoutEnd_WhenItIsKilled_ThenNothingOfItIsLeft) {
  json spec = Rig::spec("ulimit -u 200; bomb() { bomb | bomb & }; bomb; sleep 300");
  spec["timeout_ms"] = 500;
  spec["head"] = 0;
  EXPECT_TRUE(rig_.run_spec(spec).end.at("timed_out"));
  wait_until_alone();
}

TEST_F(IsolationTest, GivenOrphansAndZombies_WhenTheirParentsAreGone_ThenTheyAreReaped) {
  rig_.run("for i in {1..200}; do (sleep 0 & exec true) & done; wait");
  wait_until([this] {
    return rig_.run("grep -l 'State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l").output == "0\n";
  });
}

TEST_F(IsolationTest, GivenTheGuestAsPid1_WhenItIsTerminated_ThenItLeavesInTimeWithEverythingInside) {
  const auto job = rig_.start(Rig::spec("trap '' TERM; echo ready; setsid sleep 300"));
  job->next();
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(rig_.stop(), 0);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(2));
}

}  // namespace
}  // namespace cus::test
