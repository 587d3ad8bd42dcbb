// SPDX-License-Identifier: Apache-2.0
// With bubblewrap itself and this machine's own control groups, as root and as an ordinary user.
#include "engine/native/spares.hpp"

#include <gmock/gmock.h>

#include <map>
#include <memory>

#include "engine/native_bench.hpp"

namespace cus::engine {
namespace {

class SparesTest : public test::WithBubblewrap {
 protected:
  ~SparesTest() override {
    spares_.reset();
    for (const Spare& spare : taken_) {
      static_cast<void>(send_signal(spare.waiting.monitor.get(), SIGKILL));
      wait_for_end(spare.waiting.monitor.get(), std::chrono::milliseconds(10'000));
      cgroups_.remove(spare.group);
    }
  }
  // Moulds of different numbers differ, also where all have the same host user.
  static Mould mould(std::uint32_t number) {
    return {.owner = test::some_owner(number),
            .limits = test::small_limits(),
            .command = {"/bin/sleep", std::to_string(100'000 + number)}};
  }
  // The bubblewraps that wait, with the number of their mould. Only this test has children in this process.
  static std::map<pid_t, std::uint32_t> waiting() {
    std::map<pid_t, std::uint32_t> found;
    std::istringstream pids(test::text_of("/proc/self/task/" + std::to_string(::getpid()) + "/children"));
    for (pid_t pid = 0; pids >> pid;) {
      // It has no words for a moment, while the program is loaded.
      std::string words;
      while (words.empty() && identify(pid))
        words = test::text_of("/proc/" + std::to_string(pid) + "/cmdline");
      if (words.empty()) continue;
      const std::size_t number = words.rfind("100");
      found[pid] = number == std::string::npos
                       ? 0
                       : static_cast<std::uint32_t>(std::stoul(words.substr(number)) - 100'000);
    }
    return found;
  }
  static std::vector<std::uint32_t> numbers() {
    std::vector<std::uint32_t> all;
    for (const auto& [pid, number] : waiting()) all.push_back(number);
    return all;
  }
  // The directory of the control group that a process is in; "" where there are none.
  std::string group_of(pid_t pid) const {
    std::istringstream lines(test::text_of("/proc/" + std::to_string(pid) + "/cgroup"));
    for (std::string line; std::getline(lines, line);) {
      const auto views = cgroups_.views(line.substr(line.rfind('/') + 1));
      if (!views.empty() && line.contains("computer-use") && std::filesystem::exists(views[0].source))
        return views[0].source;
    }
    return "";
  }
  const Spare& take(const Mould& mould, const std::string& bwrap = test::real_bwrap) {
    Result<Spare> spare = spares_->take(bwrap, mould);
    EXPECT_TRUE(spare) << spare.error().cause;
    taken_.push_back(std::move(*spare));
    return taken_.back();
  }
  void prepare(const std::vector<Mould>& moulds) { spares_->prepare(test::real_bwrap, moulds); }

  Cgroups cgroups_ = Cgroups::discover("/sys/fs/cgroup");
  std::unique_ptr<Spares> spares_ = std::make_unique<Spares>(cgroups_, seccomp_.value().get(), "test");
  std::vector<Spare> taken_;
};

TEST_F(SparesTest, GivenNoneStartedAhead_WhenTaken_ThenOneIsStartedNow) {
  EXPECT_TRUE(waiting().empty());
  const Spare& spare = take(mould(1));
  EXPECT_EQ(spare.mould, mould(1));
  EXPECT_TRUE(waiting().contains(test::pid_of(spare.waiting.monitor)));
}

TEST_F(SparesTest, GivenSomeStartedAhead_WhenTheRightOneIsTaken_ThenNoneIsStarted) {
  prepare({mould(1), mould(2)});
  const auto before = waiting();
  ASSERT_EQ(before.size(), 2U);
  const Spare& spare = take(mould(2));
  EXPECT_EQ(waiting(), before);
  EXPECT_TRUE(before.contains(test::pid_of(spare.waiting.monitor)));
  EXPECT_EQ(spare.mould, mould(2));
}

TEST_F(SparesTest, GivenSomeStartedAhead_WhenAnotherMouldIsTaken_ThenTheyAreNotGivenForIt) {
  prepare({mould(1)});
  Mould other = mould(1);
  other.limits.memory_bytes += 4096;
  const auto before = waiting();
  const Spare& spare = take(other);
  EXPECT_FALSE(before.contains(test::pid_of(spare.waiting.monitor)));
  EXPECT_EQ(waiting().size(), 2U);
}

TEST_F(SparesTest, GivenASpare_WhenLetGo_ThenTheSandboxRunsAsItsUserInItsGroup) {
  prepare({mould(1)});
  Result<Spare> spare = spares_->take(test::real_bwrap, mould(1));
  ASSERT_TRUE(spare) << spare.error().cause;
  const Result<ProcessId> process = let_go(std::move(spare->waiting), test::small_spec(mould(1).command));
  ASSERT_TRUE(process) << process.error().cause;
  EXPECT_THAT(test::status_of(process->pid, "Uid"),
              testing::StartsWith(std::to_string(mould(1).owner.uid) + "\t"));
  if (const auto views = cgroups_.views(spare->group); !views.empty())
    EXPECT_EQ(group_of(process->pid), views[0].source);
  const Fd handle = open_process(*process).value();
  ASSERT_TRUE(send_signal(handle.get(), SIGKILL));
  ASSERT_TRUE(wait_for_end(handle.get(), std::chrono::milliseconds(10'000)));
  cgroups_.remove(spare->group);
  for (const Mount& view : cgroups_.views(spare->group)) EXPECT_FALSE(std::filesystem::exists(view.source));
}

TEST_F(SparesTest, GivenASpareThatWasKilled_WhenTaken_ThenAnotherIsGivenAndItsGroupIsGone) {
  prepare({mould(1)});
  const pid_t killed = waiting().begin()->first;
  const std::string group = group_of(killed);
  ASSERT_EQ(::kill(killed, SIGKILL), 0);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(killed), &info, WEXITED | WNOWAIT), 0);
  const Spare& spare = take(mould(1));
  EXPECT_NE(test::pid_of(spare.waiting.monitor), killed);
  EXPECT_THAT(waiting(), testing::ElementsAre(testing::Key(test::pid_of(spare.waiting.monitor))));
  EXPECT_FALSE(!group.empty() && std::filesystem::exists(group));
}

TEST_F(SparesTest, GivenWantedMoulds_WhenPreparedAgain_ThenThoseThatAreThereStayAndTheMissingCome) {
  prepare({mould(1), mould(2)});
  const auto before = waiting();
  prepare({mould(1), mould(2)});
  EXPECT_EQ(waiting(), before);
  prepare({mould(1), mould(2), mould(3)});
  EXPECT_THAT(numbers(), testing::UnorderedElementsAre(1, 2, 3));
  for (const auto& [pid, number] : before) EXPECT_TRUE(waiting().contains(pid));
}

TEST_F(SparesTest, GivenOneMouldTwice_WhenPrepared_ThenThereAreTwoOfIt) {
  prepare({mould(1), mould(1)});
  EXPECT_THAT(numbers(), testing::ElementsAre(1, 1));
  prepare({mould(1), mould(1), mould(2)});
  EXPECT_THAT(numbers(), testing::UnorderedElementsAre(1, 1, 2));
}

TEST_F(SparesTest, GivenMouldsThatAreNotWantedAnyMore_WhenPrepared_ThenTheyEndAndTheirGroupsGo) {
  prepare({mould(1), mould(2)});
  std::map<std::uint32_t, std::string> groups;
  for (const auto& [pid, number] : waiting()) groups[number] = group_of(pid);
  EXPECT_EQ(groups[1].empty(), cgroups_.views("x").empty());
  prepare({mould(2)});
  EXPECT_THAT(numbers(), testing::ElementsAre(2));
  EXPECT_FALSE(!groups[1].empty() && std::filesystem::exists(groups[1]));
  EXPECT_EQ(std::filesystem::exists(groups[2]), !groups[2].empty());
  prepare({});
  EXPECT_TRUE(waiting().empty());
  EXPECT_FALSE(!groups[2].empty() && std::filesystem::exists(groups[2]));
}

TEST_F(SparesTest, GivenSpares_WhenTheServerEnds_ThenSoDoTheyAndTheirGroups) {
  prepare({mould(1), mould(2)});
  std::vector<std::string> groups;
  for (const auto& [pid, number] : waiting()) groups.push_back(group_of(pid));
  spares_.reset();
  EXPECT_TRUE(waiting().empty());
  for (const std::string& group : groups) EXPECT_FALSE(!group.empty() && std::filesystem::exists(group));
}

TEST_F(SparesTest, GivenNoBubblewrap_WhenTakenAndLetGo_ThenTheErrorSaysWhatToInstall) {
  Result<Spare> spare = spares_->take(dir_ / "none", mould(1));
  ASSERT_TRUE(spare) << spare.error().cause;
  EXPECT_EQ(test::code_of(let_go(std::move(spare->waiting), test::small_spec(mould(1).command))),
            Code::engine_unavailable);
  cgroups_.remove(spare->group);
}

}  // namespace
}  // namespace cus::engine
