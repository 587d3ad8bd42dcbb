// SPDX-License-Identifier: Apache-2.0
// With bubblewrap itself, as root and as an ordinary user.
#include "engine/native/launcher.hpp"

#include <gmock/gmock.h>

#include <chrono>

#include "engine/native_bench.hpp"

namespace cus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class Launcher : public test::WithBubblewrap {
 protected:
  engine::Start start_of(const SandboxSpec& spec) const {
    return {.bwrap = test::real_bwrap,
            .command = spec.argv,
            .owner = owner_,
            .open_files = spec.limits.open_files,
            .processes = 0,
            .cgroups = {},
            .seccomp = seccomp_.value().get(),
            .mark = "test"};
  }
  Result<ProcessId> launch(const SandboxSpec& spec) { return launch(spec, start_of(spec)); }
  Result<ProcessId> launch(const SandboxSpec& spec, const engine::Start& start) {
    Result<Waiting> waiting = start_waiting(start);
    if (!waiting) return std::unexpected(waiting.error());
    bubblewrap_ = Fd(::dup(waiting->monitor.get()));
    return let_go(std::move(*waiting), spec);
  }
  // It runs until the test ends, and first writes what `script` prints into /out/result.
  SandboxSpec talking(const std::string& script) const {
    SandboxSpec spec = test::small_spec(
        {"/bin/sh", "-c",
         "exec >/tmp/out; " + script + "; exec >/dev/null; cat /tmp/out >/tmp/box/result; sleep 60 & wait"});
    spec.mounts = {{dir_.path(), "/tmp/box", Access::read_write}};
    return spec;
  }
  std::string what_it_says(const std::string& script) {
    const test::Outbox box(dir_.path(), owner_);
    const Result<ProcessId> process = launch(talking(script));
    EXPECT_TRUE(process) << process.error().cause;
    return process ? box.read_all() : "";
  }
  bool bubblewrap_ends() const { return wait_for_end(bubblewrap_.get(), milliseconds(10'000)); }

  Owner owner_ = test::some_owner();
  Fd bubblewrap_;
};

TEST_F(Launcher, GivenAWaitingBubblewrap_WhenLetGo_ThenTheProgramRunsAsTheHostUserAndMayNothingMore) {
  const Result<ProcessId> process = launch(test::small_spec({"/bin/sleep", "infinity"}));
  ASSERT_TRUE(process) << process.error().cause;
  const pid_t pid = process->pid;
  EXPECT_EQ(program_of(pid), "sleep");
  EXPECT_EQ(state_of(*process), ProcessState::running);
  const std::string uid = std::to_string(owner_.uid);
  EXPECT_EQ(test::status_of(pid, "Uid"), uid + "\t" + uid + "\t" + uid + "\t" + uid);
  if (test::is_root()) EXPECT_EQ(test::status_of(pid, "Groups"), "");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"})
    EXPECT_EQ(test::status_of(pid, set), "0000000000000000") << set;
  EXPECT_EQ(test::status_of(pid, "NoNewPrivs"), "1");
  EXPECT_EQ(test::status_of(pid, "Seccomp"), "2");
  EXPECT_THAT(test::status_of(pid, "NSpid"), testing::EndsWith("\t1"));
  EXPECT_NE(::getsid(pid), ::getsid(0));
}

TEST_F(Launcher, GivenASandbox_WhenItLooksAround_ThenItSeesItsOwnWorldOnly) {
  const std::string seen = what_it_says(
      "id -u; id -g; hostname; pwd; echo $$; env | cut -d= -f1 | sort | tr '\\n' ' '; echo; ls /sys/class "
      "2>&1 | head -1; "
      "grep -c : /proc/net/dev; touch /x 2>/dev/null || echo read-only; touch /run/x 2>/dev/null || echo "
      "read-only; "
      "touch /dev/x 2>/dev/null || echo read-only; ulimit -n; ulimit -c");
  EXPECT_THAT(seen, testing::StartsWith("1000\n1000\nsandbox\n/\n1\n"));
  EXPECT_THAT(seen, testing::EndsWith("\n1\nread-only\nread-only\nread-only\n1024\n0\n"));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("HOME")));
  EXPECT_THAT(seen, testing::Not(testing::HasSubstr("PATH")));
}

TEST_F(Launcher, GivenWhatThisProcessIgnoresAndHolds_WhenItStartsASandbox_ThenNothingOfItIsPassedOn) {
  const Fd secret(::open("/dev/null", O_RDONLY));  // not closed on exec
  ASSERT_TRUE(secret);
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const std::string seen = what_it_says("ls /proc/$$/fd; grep -E 'Sig(Ign|Blk)' /proc/self/status");
  ::signal(SIGPIPE, before);
  EXPECT_EQ(seen, "0\n1\n2\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(Launcher, GivenOneProfile_WhenSeveralAreStarted_ThenEachReadsAllOfIt) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  for (int i = 0; i < 3; ++i) {
    const Result<ProcessId> process = launch(spec);
    ASSERT_TRUE(process) << process.error().cause;
    EXPECT_EQ(test::status_of(process->pid, "Seccomp"), "2");
  }
}

// The kernel counts a user's processes, and an ordinary user has many that are no sandbox's: the limit is one
// of the sandbox's own user namespace.
TEST_F(Launcher, GivenALimitOfProcesses_WhenTheUserHasMoreElsewhere_ThenItHoldsInsideAndOnlyThere) {
  const std::string fork_many =
      "perl -e 'for (1..60) { $p = fork(); last unless defined $p; if (!$p) { sleep 60; exit } $n++ } print "
      "$n'";
  for (int i = 0; i < 3; ++i) {
    const std::string directory = dir_ / std::to_string(i);
    std::filesystem::create_directory(directory);
    std::filesystem::permissions(directory, std::filesystem::perms::all);
    owner_ = test::some_owner(static_cast<std::uint32_t>(i));
    const test::Outbox box(directory, owner_);
    SandboxSpec spec = talking(fork_many);
    spec.mounts[0].source = directory;
    engine::Start start = start_of(spec);
    start.processes = 30;
    const Result<ProcessId> process = launch(spec, start);
    ASSERT_TRUE(process) << process.error().cause;
    const std::string forked = box.read_all();
    EXPECT_GE(std::atoi(forked.c_str()), 20) << forked;
    EXPECT_LE(std::atoi(forked.c_str()), 30) << forked;
  }
}

TEST_F(Launcher, GivenAWaitingBubblewrap_WhenItIsDropped_ThenItEnds) {
  Result<Waiting> waiting = start_waiting(start_of(test::small_spec({"/bin/sleep", "infinity"})));
  ASSERT_TRUE(waiting) << waiting.error().cause;
  bubblewrap_ = Fd(::dup(waiting->monitor.get()));
  EXPECT_FALSE(wait_for_end(bubblewrap_.get(), milliseconds(0)));
  waiting = std::unexpected(Error{});
  EXPECT_TRUE(bubblewrap_ends());
}

TEST_F(Launcher, GivenASandbox_WhenItsFirstProcessEnds_ThenSoDoesBubblewrap) {
  const Result<ProcessId> process = launch(test::small_spec({"/bin/sleep", "infinity"}));
  ASSERT_TRUE(process) << process.error().cause;
  EXPECT_TRUE(send_signal(open_process(*process).value().get(), SIGKILL));
  EXPECT_TRUE(bubblewrap_ends());
  EXPECT_EQ(state_of(*process), ProcessState::gone);
}

TEST_F(Launcher, GivenAWaitingBubblewrapThatWasKilled_WhenLetGo_ThenItIsAnErrorAtOnce) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  Result<Waiting> waiting = start_waiting(start_of(spec));
  ASSERT_TRUE(waiting) << waiting.error().cause;
  ASSERT_TRUE(send_signal(waiting->monitor.get(), SIGKILL));
  ASSERT_TRUE(wait_for_end(waiting->monitor.get(), milliseconds(10'000)));
  const auto before = steady_clock::now();
  EXPECT_EQ(test::code_of(let_go(std::move(*waiting), spec)), Code::engine_refused);
  EXPECT_LT(steady_clock::now() - before, milliseconds(2'000));
}

TEST_F(Launcher, GivenNoBubblewrap_WhenStarted_ThenTheErrorSaysWhatToInstall) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  engine::Start start = start_of(spec);
  start.bwrap = dir_ / "none";
  const Result<ProcessId> process = launch(spec, start);
  ASSERT_EQ(test::code_of(process), Code::engine_unavailable);
  EXPECT_THAT(process.error().message, testing::HasSubstr("apt-get install bubblewrap"));
}

TEST_F(Launcher, GivenAMissingSource_WhenLetGo_ThenTheErrorSaysSoAndNothingIsLeft) {
  SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  spec.mounts = {{dir_ / "none", "/tmp/box", Access::read_write}};
  const Result<ProcessId> process = launch(spec);
  ASSERT_EQ(test::code_of(process), Code::io);
  EXPECT_THAT(process.error().cause, testing::HasSubstr(dir_ / "none"));
  EXPECT_FALSE(std::filesystem::exists(dir_ / "none"));
  EXPECT_TRUE(bubblewrap_ends());
}

TEST_F(Launcher, GivenASourceThatTheHostUserCannotReach_WhenLetGo_ThenTheErrorSaysHowToLetItPass) {
  std::filesystem::create_directories(dir_ / "closed/inside");
  std::filesystem::permissions(dir_ / "closed", std::filesystem::perms::none);
  SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  spec.mounts = {{dir_ / "closed/inside", "/tmp/box", Access::read_write}};
  const Result<ProcessId> process = launch(spec);
  std::filesystem::permissions(dir_ / "closed", std::filesystem::perms::owner_all);
  if (!test::is_root()) {  // it is the user's own, who may pass
    EXPECT_TRUE(process);
    return;
  }
  ASSERT_EQ(test::code_of(process), Code::io);
  EXPECT_THAT(process.error().message, testing::HasSubstr("chmod o+x"));
}

TEST_F(Launcher, GivenATargetThatTheImageLacks_WhenLetGo_ThenTheErrorSaysToBuildItAgain) {
  SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  spec.mounts = {{dir_.path(), "/no-such-directory-in-any-image", Access::read_only}};
  EXPECT_EQ(test::code_of(launch(spec)), Code::image_missing);
}

TEST_F(Launcher, GivenAMissingProgram_WhenLetGo_ThenItIsAnErrorInTimeAndNothingIsLeft) {
  const auto before = steady_clock::now();
  const Result<ProcessId> process = launch(test::small_spec({"/no/such/program"}));
  EXPECT_EQ(test::code_of(process), Code::engine_refused);
  EXPECT_THAT(process.error().cause, testing::HasSubstr("No such file"));
  EXPECT_LT(steady_clock::now() - before, milliseconds(4'000));
  EXPECT_TRUE(bubblewrap_ends());
}

TEST_F(Launcher, GivenAnOldBubblewrap_WhenLetGo_ThenTheErrorNamesTheVersionItNeeds) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  engine::Start start = start_of(spec);
  start.bwrap = script("echo 'bwrap: Unknown option --clearenv' >&2; exit 1");
  const Result<ProcessId> process = launch(spec, start);
  ASSERT_EQ(test::code_of(process), Code::engine_unavailable);
  EXPECT_THAT(process.error().message, testing::HasSubstr("0.8"));
}

TEST_F(Launcher, GivenABubblewrapThatHangs_WhenLetGo_ThenItIsAnErrorInTimeAndItEnds) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  engine::Start start = start_of(spec);
  start.bwrap = script("exec tail -f /dev/null");
  const auto before = steady_clock::now();
  EXPECT_EQ(test::code_of(launch(spec, start)), Code::engine_refused);
  EXPECT_LT(steady_clock::now() - before, milliseconds(8'000));
  EXPECT_TRUE(bubblewrap_ends());
}

// What it says of its child is a program's word: a number that is no process must not be signalled.
TEST_F(Launcher, GivenABubblewrapThatLies_WhenLetGo_ThenItIsAnError) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  for (const char* said :
       {"{\"child-pid\": -1}", "{\"child-pid\": 0}", "{\"child-pid\": \"1\"}", "[]", "x"}) {
    engine::Start start = start_of(spec);
    start.bwrap = script("echo '" + std::string(said) + "' >&4");
    EXPECT_EQ(test::code_of(launch(spec, start)), Code::engine_refused) << said;
    EXPECT_TRUE(bubblewrap_ends());
  }
}

TEST_F(Launcher, GivenAControlGroupThatCannotBeJoined_WhenStarted_ThenNothingRunsOutsideOfIt) {
  const SandboxSpec spec = test::small_spec({"/bin/sleep", "infinity"});
  std::vector<Fd> doors;
  doors.emplace_back(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  engine::Start start = start_of(spec);
  start.cgroups = doors;
  const Result<ProcessId> process = launch(spec, start);
  ASSERT_EQ(test::code_of(process), Code::engine_refused);
  EXPECT_THAT(process.error().message, testing::HasSubstr("control group"));
  EXPECT_TRUE(bubblewrap_ends());
}

TEST_F(Launcher, GivenNoProfile_WhenStarted_ThenNothingRunsWithoutIt) {
  engine::Start start = start_of(test::small_spec({"/bin/sleep", "infinity"}));
  start.seccomp = -1;
  EXPECT_FALSE(start_waiting(start));
}

}  // namespace
}  // namespace cus::engine
