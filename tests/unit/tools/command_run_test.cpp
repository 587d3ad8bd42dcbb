// SPDX-License-Identifier: Apache-2.0
#include "tools/command_run.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scripted_guest.hpp"
#include "support/run_task.hpp"

namespace cus::tools {
namespace {

using namespace std::chrono_literals;
using test::GuestPeer;
using test::Script;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Short enough for a test, long enough that only what is meant to run out does.
constexpr RunTiming quick{.start = 2s,
                          .tick = 10ms,
                          .heartbeat = 20ms,
                          .notable = 10s,
                          .kill = 2s,
                          .reattach = 500ms,
                          .retry = 5ms,
                          .grace = 5s};

struct CommandRun : testing::Test {
  RunOutcome run(std::vector<Script> scripts, RunTiming timing = quick) {
    test::ScriptedGuest guest(loop.get_executor(), std::move(scripts));
    test::OneComputer computers(guest);
    RunOutcome outcome = test::run_task(loop, go(computers, timing));
    remembered = computers.remembered;
    ended = computers.ended;
    given_back = guest.given_back;
    return outcome;
  }

  Task<RunOutcome> go(test::OneComputer& computers, RunTiming timing) {
    auto computer = co_await computers.acquire({}, no_deadline);
    guest::JobSpec spec{.id = id,
                        .argv = {"bash"},
                        .script = "x",
                        .env = {},
                        .timeout = timeout,
                        .want_head = 1,
                        .want_tail = 1};
    const auto report = [this](std::chrono::milliseconds, std::string_view recent) {
      return note(std::string(recent));
    };
    const RunWatch watch{.cancelled = cancelled, .progress = report};
    co_return co_await run_job(computers, *computer, std::move(spec), watch, timing);
  }

  Task<> note(std::string recent) {
    reports.push_back(std::move(recent));
    if (reports.size() == cancel_after_reports) cancelled.set();
    co_return;
  }

  boost::asio::io_context loop{1};
  Event cancelled{loop.get_executor()};
  JobId id = new_job_id();
  std::chrono::milliseconds timeout = 60s;
  std::size_t cancel_after_reports = 0;
  std::vector<std::string> reports;
  std::vector<JobId> remembered;
  std::vector<JobId> ended;
  std::size_t given_back = 0;
};

Task<> hello_and_end(GuestPeer& peer) {
  co_await peer.upgrade();
  co_await peer.output(0, "hello\n");
  co_await peer.end({{"code", 0}, {"total", 6}});
}

Task<> take_from_start(GuestPeer& peer, std::string* target) {
  *target = peer.target;
  return hello_and_end(peer);
}

Task<> silence_until_gone(GuestPeer& peer) {
  co_await peer.upgrade();
  while ((co_await peer.frame()).first != '\0') {
  }
}

TEST_F(CommandRun, GivenAShortJob_WhenItEnds_ThenItsOutputAndEndAreThereAndTheStoreHeardNothing) {
  const RunOutcome outcome = run({hello_and_end});
  EXPECT_EQ(outcome.state, RunState::ended);
  EXPECT_EQ(outcome.output.head, "hello\n");
  EXPECT_EQ(outcome.end->code, 0);
  EXPECT_EQ(given_back, 1U);
  EXPECT_THAT(remembered, IsEmpty());
  EXPECT_THAT(ended, IsEmpty());
}

TEST_F(CommandRun, GivenAJobThatOutlivesItsFirstMoment_WhenItEnds_ThenTheStoreHeardOfBoth) {
  RunTiming timing = quick;
  timing.notable = 0ms;
  run({hello_and_end}, timing);
  EXPECT_THAT(remembered, ElementsAre(id));
  EXPECT_THAT(ended, ElementsAre(id));
}

Task<> silent_then_end(GuestPeer& peer, const std::vector<std::string>* reports) {
  co_await peer.upgrade();
  while (reports->size() < 3) co_await sleep_until(after(1ms));
  co_await peer.end({{"code", 0}, {"total", 0}});
}

TEST_F(CommandRun, GivenASilentJob_WhenTimePasses_ThenProgressIsReportedAsASignOfLife) {
  run({[this](GuestPeer& peer) { return silent_then_end(peer, &reports); }});
  EXPECT_GE(reports.size(), 3U);
  EXPECT_THAT(reports, testing::Each(IsEmpty()));
}

Task<> print_then_wait(GuestPeer& peer, const std::vector<std::string>* reports) {
  co_await peer.upgrade();
  co_await peer.output(0, "first\n");
  while (reports->empty()) co_await sleep_until(after(1ms));
  co_await peer.progress(5'000'000, "line of the skipped part");
  while (reports->size() < 2) co_await sleep_until(after(1ms));
  co_await peer.end({{"code", 0}, {"total", 6}});
}

TEST_F(CommandRun, GivenOutputThatIsSkipped_WhenProgressComes_ThenItsLastLineIsReported) {
  RunTiming timing = quick;
  timing.heartbeat = 10s;
  run({[this](GuestPeer& peer) { return print_then_wait(peer, &reports); }}, timing);
  EXPECT_THAT(reports, ElementsAre("first\n", "line of the skipped part"));
}

Task<> die_when_killed(GuestPeer& peer, std::string* why) {
  co_await peer.upgrade();
  const auto [type, payload] = co_await peer.frame();
  if (type == static_cast<char>(guest::FrameType::kill)) *why = payload;
  co_await peer.output(0, "last words\n");
  co_await peer.end({{"signal", 15}, {"killed", "cancelled"}, {"total", 11}});
}

TEST_F(CommandRun, GivenARunningJob_WhenTheCallIsCancelled_ThenItIsKilledAndItsEndAwaited) {
  cancel_after_reports = 1;
  std::string why;
  const RunOutcome outcome = run({[&](GuestPeer& peer) { return die_when_killed(peer, &why); }});
  EXPECT_EQ(outcome.state, RunState::cancelled);
  EXPECT_THAT(why, HasSubstr("cancelled"));
  EXPECT_EQ(outcome.end->signal, 15);
  EXPECT_EQ(outcome.output.head, "last words\n");
}

TEST_F(CommandRun, GivenAJobThatWillNotDie_WhenTheCallIsCancelled_ThenTheWaitIsBounded) {
  cancel_after_reports = 1;
  RunTiming timing = quick;
  timing.kill = 30ms;
  const RunOutcome outcome = run({silence_until_gone}, timing);
  EXPECT_EQ(outcome.state, RunState::cancelled);
  EXPECT_FALSE(outcome.end);
}

TEST_F(CommandRun, GivenAGuestThatForgetsTheTimeLimit_WhenTheGraceIsOver_ThenTheRunEndsInterrupted) {
  timeout = 10ms;
  RunTiming timing = quick;
  timing.grace = 10ms;
  timing.kill = 30ms;
  EXPECT_EQ(run({silence_until_gone}, timing).state, RunState::interrupted);
}

TEST_F(CommandRun, GivenAGuestThatForgetsTheTimeLimit_WhenTheServerKillsTheJob_ThenItTimedOut) {
  timeout = 10ms;
  RunTiming timing = quick;
  timing.grace = 10ms;
  std::string why;
  const RunOutcome outcome = run({[&](GuestPeer& peer) { return die_when_killed(peer, &why); }}, timing);
  EXPECT_EQ(outcome.state, RunState::ended);
  EXPECT_TRUE(outcome.end->timed_out);
  EXPECT_THAT(why, HasSubstr("timeout"));
}

Task<> print_and_break(GuestPeer& peer) {
  co_await peer.upgrade();
  co_await peer.output(0, "abc");
  peer.drop();
}

Task<> go_on(GuestPeer& peer, std::string* target) {
  *target = peer.target;
  co_await peer.upgrade();
  co_await peer.output(2, "cdef");
  co_await peer.end({{"code", 0}, {"total", 6}});
}

TEST_F(CommandRun, GivenAConnectionThatBreaks_WhenTheJobIsFoundAgain_ThenEachByteIsTakenOnce) {
  std::string target;
  const RunOutcome outcome = run({print_and_break, [&](GuestPeer& peer) { return go_on(peer, &target); }});
  EXPECT_EQ(outcome.state, RunState::ended);
  EXPECT_EQ(target, "GET /v1/jobs/" + id.str() + "?offset=3");
  EXPECT_EQ(outcome.output.head, "abcdef");
}

Task<> know_nothing(GuestPeer& peer) {
  return peer.refuse(404, "not_found");
}

TEST_F(CommandRun, GivenAConnectionThatBreaks_WhenTheGuestDoesNotKnowTheJob_ThenItIsInterruptedAtOnce) {
  RunTiming timing = quick;
  timing.reattach = 1h;
  const RunOutcome outcome = run({print_and_break, know_nothing}, timing);
  EXPECT_EQ(outcome.state, RunState::interrupted);
  EXPECT_EQ(outcome.output.head, "abc");
}

TEST_F(CommandRun, GivenAConnectionThatBreaks_WhenNoGuestComesBack_ThenItIsInterruptedAfterABoundedTime) {
  RunTiming timing = quick;
  timing.reattach = 40ms;
  EXPECT_EQ(run({print_and_break}, timing).state, RunState::interrupted);
}

TEST_F(CommandRun, GivenNoGuest_WhenTheJobIsStarted_ThenItIsNotStarted) {
  const RunOutcome outcome = run({});
  EXPECT_EQ(outcome.state, RunState::not_started);
  EXPECT_EQ(outcome.problem, "No script is left.");
}

Task<> break_and_cancel(GuestPeer& peer, Event* cancelled) {
  co_await peer.upgrade();
  cancelled->set();
  peer.drop();
}

Task<> take_kill(GuestPeer& peer, std::string* target) {
  *target = peer.target;
  return peer.answer_empty();
}

TEST_F(CommandRun, GivenABrokenConnection_WhenTheCallIsCancelled_ThenTheJobIsKilledByItsId) {
  std::string target;
  const RunOutcome outcome = run({[this](GuestPeer& peer) { return break_and_cancel(peer, &cancelled); },
                                  [&](GuestPeer& peer) { return take_kill(peer, &target); }});
  EXPECT_EQ(outcome.state, RunState::cancelled);
  EXPECT_EQ(target, "POST /v1/jobs/" + id.str() + "/kill");
}

Task<> be_busy_and_cancel(GuestPeer& peer, Event* cancelled) {
  cancelled->set();
  return peer.refuse(503, "unavailable");
}

TEST_F(CommandRun, GivenAJobThatIsLookedFor_WhenTheCallIsCancelled_ThenTheJobIsKilledByItsId) {
  std::string target;
  const RunOutcome outcome =
      run({print_and_break, [this](GuestPeer& peer) { return be_busy_and_cancel(peer, &cancelled); },
           [&](GuestPeer& peer) { return take_kill(peer, &target); }});
  EXPECT_EQ(outcome.state, RunState::cancelled);
  EXPECT_EQ(target, "POST /v1/jobs/" + id.str() + "/kill");
}

Task<> break_before_the_answer(GuestPeer& peer) {
  peer.drop();
  co_return;
}

TEST_F(CommandRun, GivenAConnectionThatBreaksBeforeTheAnswer_WhenTheGuestHasTheJob_ThenItIsFollowed) {
  std::string target;
  const RunOutcome outcome = run({break_before_the_answer, break_before_the_answer,
                                  [&](GuestPeer& peer) { return take_from_start(peer, &target); }});
  EXPECT_EQ(target, "GET /v1/jobs/" + id.str() + "?offset=0");
  EXPECT_EQ(outcome.output.head, "hello\n");
}

TEST_F(CommandRun, GivenAConnectionThatBreaksBeforeTheAnswer_WhenTheGuestHasNoSuchJob_ThenItWasNotStarted) {
  EXPECT_EQ(run({break_before_the_answer, break_before_the_answer, know_nothing}).state,
            RunState::not_started);
}

Task<> refuse_start(GuestPeer& peer) {
  return peer.refuse(429, "too_many");
}

TEST_F(CommandRun, GivenAGuestThatIsFull_WhenTheJobIsStarted_ThenItsReasonIsTold) {
  const RunOutcome outcome = run({refuse_start});
  EXPECT_EQ(outcome.state, RunState::not_started);
  EXPECT_EQ(outcome.problem, "scripted");
}

}  // namespace
}  // namespace cus::tools
