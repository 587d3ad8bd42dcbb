// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/process_tree.hpp"

#include <gtest/gtest.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "cus/base/fd.hpp"

namespace cus::guest_agent {
namespace {

TEST(PidParserTest, GivenTheListInAnySplit_WhenItIsParsed_ThenEachPidComesOnce) {
  const std::string text = "1 22 333 4194304 ";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    std::array<pid_t, 8> pids{};
    PidParser parser(pids);
    parser.feed(std::string_view(text).substr(0, cut));
    parser.feed(std::string_view(text).substr(cut));
    parser.finish();
    ASSERT_EQ(parser.count(), 4U) << cut;
    ASSERT_EQ(pids[1], 22);
    ASSERT_EQ(pids[3], 4194304);
  }
}

TEST(PidParserTest, GivenAListWithoutALastBlank_WhenItIsFinished_ThenTheLastOneCounts) {
  std::array<pid_t, 2> pids{};
  PidParser parser(pids);
  parser.feed("7 8");
  EXPECT_EQ(parser.count(), 1U);
  parser.finish();
  parser.finish();
  EXPECT_EQ(parser.count(), 2U);
}

TEST(PidParserTest, GivenMorePidsThanRoom_WhenTheyAreParsed_ThenTheRoomIsFilledAndNoMore) {
  std::array<pid_t, 2> pids{};
  PidParser parser(pids);
  parser.feed("1 2 3 99999999999999999999 ");
  EXPECT_EQ(parser.count(), 2U);
}

// A child that forks a grandchild, both of which wait until the pipe is closed.
class Family {
 public:
  Family() {
    std::array<int, 2> life{};
    std::array<int, 2> born{};
    if (::pipe(life.data()) != 0 || ::pipe(born.data()) != 0) return;
    child = ::fork();
    if (child == 0) {
      ::close(life[1]);
      const pid_t own = ::fork();
      if (own > 0 && ::write(born[1], &own, sizeof own) < 0) ::_exit(1);
      char end = 0;
      while (::read(life[0], &end, 1) > 0) {
      }
      if (own > 0) ::waitpid(own, nullptr, 0);
      ::_exit(0);
    }
    ::close(life[0]);
    ::close(born[1]);
    life_ = Fd(life[1]);
    if (::read(born[0], &grandchild, sizeof grandchild) < 0) grandchild = 0;
    ::close(born[0]);
  }
  ~Family() {
    life_.reset();
    ::waitpid(child, nullptr, 0);
  }
  Family(const Family&) = delete;
  Family& operator=(const Family&) = delete;

  pid_t child = 0;
  pid_t grandchild = 0;

 private:
  Fd life_;
};

TEST(ProcessTreeTest, GivenAFamily_WhenItsTreeIsRead_ThenParentsComeBeforeChildren) {
  const Family family;
  std::vector<pid_t> pids(100);
  pids.resize(descendants_of(::getpid(), pids));
  EXPECT_EQ(pids, (std::vector<pid_t>{family.child, family.grandchild}));
  pids.assign(100, 0);
  pids.resize(children_of(family.child, pids));
  EXPECT_EQ(pids, std::vector<pid_t>{family.grandchild});
}

TEST(ProcessTreeTest, GivenLittleRoom_WhenATreeIsRead_ThenItIsCutToTheRoom) {
  const Family family;
  std::array<pid_t, 1> pids{};
  EXPECT_EQ(descendants_of(::getpid(), pids), 1U);
  EXPECT_EQ(pids[0], family.child);
  EXPECT_EQ(children_of(family.child, {}), 0U);
}

TEST(ProcessTreeTest, GivenAChildOfAnotherThread_WhenTheTreeIsRead_ThenItIsFoundToo) {
  std::vector<pid_t> pids(10);
  std::thread([&pids] {
    const Family family;
    pids.resize(children_of(::getpid(), pids));
    EXPECT_EQ(pids, std::vector<pid_t>{family.child});
  }).join();
}

TEST(ProcessTreeTest, GivenAProcess_WhenItsNameIsAsked_ThenItIsWhatProcSays) {
  const Family family;
  std::array<char, 16> name{};
  process_name(family.grandchild, name);
  EXPECT_STREQ(name.data(), "test_guest_agen");
}

TEST(ProcessTreeTest, GivenAProcessThatIsGone_WhenItIsAskedFor_ThenThereIsNothing) {
  std::array<pid_t, 4> pids{};
  constexpr pid_t nobody = 99'999'999;
  EXPECT_EQ(descendants_of(nobody, pids), 0U);
  std::array<char, 16> name{'x'};
  process_name(nobody, name);
  EXPECT_EQ(name[0], '\0');
}

TEST(ProcessTreeTest, GivenAProcess_WhenItHasOnlyForked_ThenThatIsToldFromOneThatExecd) {
  const Family family;
  EXPECT_TRUE(only_forked(family.child));
  EXPECT_FALSE(only_forked(::getpid()));
  EXPECT_FALSE(only_forked(99'999'999));
}

TEST(ProcessTreeTest, GivenAnyTextForAStat_WhenItIsRead_ThenOnlyTheFlagsCount) {
  EXPECT_TRUE(says_only_forked("7 (a b) c) S 1 7 7 0 -1 4194368 100 0"));
  EXPECT_FALSE(says_only_forked("7 (a) S 1 7 7 0 -1 4194304 100 0"));
  const std::string whole = "7 (a) S 1 7 7 0 -1 64";
  for (std::size_t size = 0; size < whole.size() - 1; ++size) {
    EXPECT_FALSE(says_only_forked(std::string_view(whole).substr(0, size))) << size;
  }
}

TEST(ProcessTreeTest, GivenAFamily_WhenItIsSignalled_ThenEachMemberIs) {
  const Family family;
  std::array<pid_t, 10> scratch{};
  EXPECT_EQ(signal_descendants(::getpid(), SIGKILL, scratch), 2U);
  int status = 0;
  ASSERT_EQ(::waitpid(family.child, &status, 0), family.child);
  EXPECT_EQ(WTERMSIG(status), SIGKILL);
}

}  // namespace
}  // namespace cus::guest_agent
