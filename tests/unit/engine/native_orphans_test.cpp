// SPDX-License-Identifier: Apache-2.0
#include "engine/native/orphans.hpp"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "cus/base/id.hpp"
#include "engine/native/process.hpp"

namespace cus::engine {
namespace {

// A process with a child, as bubblewrap has, and a mark in its environment.
class Monitor {
 public:
  explicit Monitor(const std::string& mark) {
    std::string variable = "COMPUTER_USE_INSTANCE=" + mark;
    std::array<char*, 2> envp = {variable.data(), nullptr};
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string script = "/bin/sleep 60 & wait";
    std::array<char*, 4> argv = {shell.data(), option.data(), script.data(), nullptr};
    EXPECT_EQ(::posix_spawn(&pid_, "/bin/sh", nullptr, nullptr, argv.data(), envp.data()), 0);
    while (children_of(pid_).empty()) ::sched_yield();
  }
  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;
  ~Monitor() {
    if (!ended()) signal_tree(pid_, SIGKILL);
    if (!reaped_) ::waitpid(pid_, nullptr, 0);
  }
  pid_t child() const { return children_of(pid_).front(); }
  bool ended() {
    reaped_ = reaped_ || ::waitpid(pid_, nullptr, WNOHANG) == pid_;
    return reaped_;
  }
  void wait_for_end() {
    ::waitpid(pid_, nullptr, 0);
    reaped_ = true;
  }

 private:
  pid_t pid_ = 0;
  bool reaped_ = false;
};

TEST(OrphansTest, GivenOneThatNoRecordNames_WhenEnded_ThenItAndItsChildAreGone) {
  const std::string mark = random_hex(8);
  Monitor orphan(mark);
  const auto child = identify(orphan.child());
  ASSERT_TRUE(child);
  end_orphans(mark, {});
  orphan.wait_for_end();
  const auto handle = open_process(*child);
  if (handle) {
    EXPECT_TRUE(wait_for_end(handle->get(), std::chrono::seconds(5)));
  }
}

TEST(OrphansTest, GivenOneThatWatchesARecordedSandbox_WhenOthersAreEnded_ThenItStays) {
  const std::string mark = random_hex(8);
  Monitor known(mark);
  Monitor orphan(mark);
  end_orphans(mark, {known.child()});
  orphan.wait_for_end();
  EXPECT_FALSE(known.ended());
}

TEST(OrphansTest, GivenMarksOfOthers_WhenEnded_ThenTheyStay) {
  const std::string mark = random_hex(8);
  Monitor longer(mark + "0");
  Monitor other(random_hex(8));
  end_orphans(mark, {});
  end_orphans("", {});
  EXPECT_FALSE(longer.ended());
  EXPECT_FALSE(other.ended());
}

}  // namespace
}  // namespace cus::engine
