// SPDX-License-Identifier: Apache-2.0
#include "engine/native/process.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>

#include <thread>

#include "engine/child.hpp"
#include "engine/samples.hpp"

namespace cus::engine {
namespace {

using std::chrono::milliseconds;
using test::Child;

TEST(Process, GivenThisProcess_WhenIdentified_ThenItRunsSinceItsStartInThisBoot) {
  const auto self = identify(::getpid());
  ASSERT_TRUE(self);
  EXPECT_EQ(self->pid, ::getpid());
  EXPECT_GT(self->started, 0U);
  EXPECT_EQ(self->boot, machine_boot());
  EXPECT_EQ(self->boot.size(), 36U);
  EXPECT_EQ(state_of(*self), ProcessState::running);
  EXPECT_TRUE(open_process(*self));
}

TEST(Process, GivenNoSuchProcess_WhenIdentified_ThenThereIsNone) {
  constexpr pid_t beyond_all = 1 << 23;
  EXPECT_FALSE(identify(beyond_all));
  EXPECT_FALSE(identify(0));
  EXPECT_FALSE(identify(-1));
  EXPECT_EQ(program_of(beyond_all), "");
}

TEST(Process, GivenAChildThatEnds_WhenLookedAt_ThenItIsGoneAlsoBeforeAnybodyWaitedForIt) {
  Child child(test::wait_for_ever);
  const auto process = identify(child.pid());
  ASSERT_TRUE(process);
  EXPECT_EQ(state_of(*process), ProcessState::running);
  child.signal(SIGKILL);
  ASSERT_TRUE(child.await(WEXITED));
  EXPECT_EQ(state_of(*process), ProcessState::gone);
  EXPECT_FALSE(identify(child.pid()));
  EXPECT_EQ(test::code_of(open_process(*process)), Code::not_found);
  child.wait();
  EXPECT_EQ(state_of(*process), ProcessState::gone);
  EXPECT_EQ(test::code_of(open_process(*process)), Code::not_found);
}

TEST(Process, GivenALaterProcessWithTheSameNumber_WhenLookedAt_ThenItIsNotTheOne) {
  const Child child(test::wait_for_ever);
  auto process = identify(child.pid());
  ASSERT_TRUE(process);
  ++process->started;
  EXPECT_EQ(state_of(*process), ProcessState::gone);
  EXPECT_EQ(test::code_of(open_process(*process)), Code::not_found);
}

TEST(Process, GivenAnotherBoot_WhenLookedAt_ThenTheProcessIsGone) {
  auto self = identify(::getpid());
  ASSERT_TRUE(self);
  self->boot = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(state_of(*self), ProcessState::gone);
  EXPECT_EQ(test::code_of(open_process(*self)), Code::not_found);
  self->boot.clear();
  EXPECT_EQ(state_of(*self), ProcessState::gone);
}

TEST(Process, GivenAStoppedProcess_WhenLookedAt_ThenItIsStoppedUntilItGoesOn) {
  const Child child(test::wait_for_ever);
  const auto process = identify(child.pid());
  ASSERT_TRUE(process);
  child.signal(SIGSTOP);
  ASSERT_TRUE(child.await(WSTOPPED));
  EXPECT_EQ(state_of(*process), ProcessState::stopped);
  child.signal(SIGCONT);
  ASSERT_TRUE(child.await(WCONTINUED));
  EXPECT_EQ(state_of(*process), ProcessState::running);
}

// The kernel writes the name between brackets, as it is.
TEST(Process, GivenANameThatLooksLikeTheRestOfTheLine_WhenIdentified_ThenTheFieldsAreStillTheRightOnes) {
  test::Pipe named;
  const Child plain(test::wait_for_ever);
  const Child child([&named] {
    ::prctl(PR_SET_NAME, "x) Z 1 (1) T 2");
    if (::write(named.write.get(), "x", 1) == 1) test::wait_for_ever();
  });
  char byte = 0;
  ASSERT_EQ(::read(named.read.get(), &byte, 1), 1);
  EXPECT_EQ(program_of(child.pid()), "x) Z 1 (1) T 2");
  const auto process = identify(child.pid());
  ASSERT_TRUE(process);
  EXPECT_EQ(state_of(*process), ProcessState::running);
  EXPECT_GE(process->started, identify(plain.pid())->started);
}

TEST(Process, GivenAHandle_WhenTheProcessIsSignalled_ThenItEndsAndTheHandleSaysSo) {
  const Child child(test::wait_for_ever);
  const Result<Fd> handle = open_process(*identify(child.pid()));
  ASSERT_TRUE(handle);
  EXPECT_FALSE(wait_for_end(handle->get(), milliseconds(0)));
  EXPECT_TRUE(send_signal(handle->get(), SIGTERM));
  EXPECT_TRUE(wait_for_end(handle->get(), milliseconds(10'000)));
}

TEST(Process, GivenAProcessThatIsGone_WhenSignalled_ThenItIsNoError) {
  Child child(test::wait_for_ever);
  const Result<Fd> handle = open_process(*identify(child.pid()));
  ASSERT_TRUE(handle);
  child.signal(SIGKILL);
  child.wait();
  EXPECT_TRUE(send_signal(handle->get(), SIGTERM));
  EXPECT_TRUE(wait_for_end(handle->get(), milliseconds(0)));
  EXPECT_FALSE(send_signal(-1, SIGTERM));
}

// Forks before it waits: each process of the tree holds the pipe and writes a byte.
void grow(int pipe, int depth) {
  if (depth > 0) {
    for (int i = 0; i < 2; ++i) {
      if (::fork() == 0) grow(pipe, depth - 1);
    }
  }
  if (::write(pipe, "x", 1) == 1) test::wait_for_ever();
}

bool read_bytes(int pipe, int count) {
  char byte = 0;
  for (int i = 0; i < count; ++i) {
    if (::read(pipe, &byte, 1) != 1) return false;
  }
  return true;
}

TEST(Process, GivenATreeOfProcesses_WhenSignalled_ThenItReachesEachAndNoOther) {
  const Child beside(test::wait_for_ever);
  test::Pipe pipe;
  const Child root([&pipe] { grow(pipe.write.get(), 2); });
  pipe.write.reset();
  ASSERT_TRUE(read_bytes(pipe.read.get(), 7));
  signal_tree(root.pid(), SIGTERM);
  char byte = 0;
  EXPECT_EQ(::read(pipe.read.get(), &byte, 1), 0);  // the last of them has ended
  EXPECT_EQ(state_of(*identify(beside.pid())), ProcessState::running);
}

// A child belongs to the thread that forked it.
TEST(Process, GivenAChildOfAThread_WhenTheTreeIsSignalled_ThenItReachesItToo) {
  test::Pipe pipe;
  const Child root([&pipe] {
    std::thread([&pipe] {
      if (::fork() == 0) grow(pipe.write.get(), 0);
      grow(pipe.write.get(), 0);
    }).join();
  });
  pipe.write.reset();
  ASSERT_TRUE(read_bytes(pipe.read.get(), 2));
  signal_tree(root.pid(), SIGTERM);
  char byte = 0;
  EXPECT_EQ(::read(pipe.read.get(), &byte, 1), 0);
}

TEST(Process, GivenATreeThatIsGone_WhenSignalled_ThenNothingHappens) {
  Child child(test::wait_for_ever);
  const pid_t pid = child.pid();
  child.signal(SIGKILL);
  child.wait();
  signal_tree(pid, SIGTERM);
  EXPECT_FALSE(identify(pid));
}

}  // namespace
}  // namespace cus::engine
