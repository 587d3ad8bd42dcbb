// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>

#include "cus/base/spawn.hpp"
#include "sandbox/fake_engine.hpp"
#include "support/run_task.hpp"
#include "support/temp_dir.hpp"

namespace cus::sandbox {
namespace {

using namespace std::chrono_literals;
using engine::State;
using test::run_task;

const ChatKey chat{TenantId("default"), ChatId("a")};

class Computers : public testing::Test {
 protected:
  Computers() {
    EXPECT_TRUE(layout_.make_root());
    auto opened = run_task(loop_, store::open_sqlite(layout_.store_file(), pool_));
    EXPECT_TRUE(opened);
    store_ = std::move(*opened);
    open();
  }
  ~Computers() override { close(); }

  // A registry as a server makes it when it starts.
  void open(RegistryOptions options = {}) {
    SandboxSettings settings;
    settings.image = image_;
    settings.guest_build = "build";
    registry_ = std::make_unique<Registry>(Services{.executor = loop_.get_executor(),
                                                    .engine = engine_,
                                                    .store = *store_,
                                                    .pool = pool_,
                                                    .egress = egress_,
                                                    .layout = layout_,
                                                    .instance = InstanceId(std::string(32, '1')),
                                                    .settings = settings},
                                           options);
    EXPECT_TRUE(run_task(loop_, registry_->adopt()));
  }
  void close(bool stop = false) {
    if (!registry_) return;
    run_task(loop_, shut_down(*registry_, stop));
    registry_.reset();
  }
  static Task<bool> shut_down(Registry& registry, bool stop) {
    co_await registry.shut_down(stop, after(1s));
    co_return co_await tasks_ended(co_await boost::asio::this_coro::executor, after(5s));
  }
  Result<Computer> acquire(const ChatKey& key = chat, Clock::duration wait = 10s) {
    return run_task(loop_, registry_->acquire(key, after(wait)));
  }
  // Lets the loop run until something is true, at most ten seconds.
  void run_until(const std::function<bool()>& condition) {
    const auto limit = after(10s);
    loop_.restart();
    while (!condition() && Clock::now() < limit) {
      loop_.restart();
      loop_.run_one_for(20ms);
    }
  }
  auto count(const std::string& call) { return std::ranges::count(engine_.calls, call); }
  StorageId storage() { return run_task(loop_, store_->find_chat(chat))->value().storage; }

  test::TempDir dir_;
  Layout layout_{dir_ / "d"};
  boost::asio::io_context loop_;
  BlockingPool pool_{2};
  std::unique_ptr<store::Store> store_;
  test::FakeEngine engine_{loop_.get_executor()};
  egress::Egress egress_{loop_.get_executor(), pool_, {}};
  std::string image_ = "image:1";
  std::unique_ptr<Registry> registry_;
};

TEST_F(Computers, GivenANewChat_WhenAcquired_ThenItIsCreatedStartedAndHasNoNews) {
  const auto computer = acquire();
  ASSERT_TRUE(computer) << computer.error().message;
  EXPECT_EQ(engine_.calls, (std::vector<std::string>{"create", "start"}));
  EXPECT_EQ(computer->news, "");
}

TEST_F(Computers, GivenARunningSandbox_WhenAcquiredAgain_ThenTheEngineIsNotAsked) {
  ASSERT_TRUE(acquire());
  engine_.calls.clear();
  ASSERT_TRUE(acquire());
  EXPECT_TRUE(engine_.calls.empty());
}

Task<> acquire_into(Registry& registry, int& answered) {
  if (co_await registry.acquire(chat, after(10s))) ++answered;
}

TEST_F(Computers, GivenAHundredFirstCallsAtOnce_WhenAcquired_ThenOneSandboxIsMadeAndAllAreAnswered) {
  engine_.start_takes = 20ms;
  int answered = 0;
  for (int i = 0; i < 100; ++i) spawn(loop_.get_executor(), "acquire", acquire_into(*registry_, answered));
  run_until([&] { return answered == 100; });
  EXPECT_EQ(answered, 100);
  EXPECT_EQ(count("create"), 1);
}

TEST_F(Computers, GivenACallerThatGivesUp_WhenTheStartEnds_ThenTheNextCallerFindsItRunning) {
  engine_.start_takes = 100ms;
  const auto hurried = acquire(chat, 10ms);
  ASSERT_FALSE(hurried);
  EXPECT_EQ(hurried.error().code, Code::timed_out);
  EXPECT_TRUE(acquire());
  EXPECT_EQ(count("start"), 1);
}

TEST_F(Computers, GivenAStoppedSandbox_WhenAcquired_ThenItIsStartedAndTheModelIsToldOnce) {
  ASSERT_TRUE(acquire());
  engine_.lose_guest(storage());
  engine_.states[storage()] = State::stopped;
  close();
  open();
  const auto again = acquire();
  ASSERT_TRUE(again);
  EXPECT_NE(again->news.find("started again"), std::string::npos);
  EXPECT_EQ(acquire()->news, "");
  EXPECT_EQ(count("create"), 1);
}

TEST_F(Computers, GivenAPausedSandbox_WhenAcquired_ThenItIsResumed) {
  ASSERT_TRUE(acquire());
  engine_.lose_guest(storage());
  engine_.states[storage()] = State::paused;
  close();
  open();
  ASSERT_TRUE(acquire());
  EXPECT_EQ(count("resume"), 1);
}

class BrokenStates : public Computers, public testing::WithParamInterface<State> {};

TEST_P(BrokenStates, GivenASandboxThatIsGoneOrDead_WhenAcquired_ThenItIsMadeAnew) {
  ASSERT_TRUE(acquire());
  close();
  engine_.lose_guest(storage());
  if (GetParam() == State::absent) {
    engine_.states.erase(storage());
  } else {
    engine_.states[storage()] = GetParam();
  }
  open();
  const auto again = acquire();
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(count("create"), 2);
  EXPECT_FALSE(again->news.empty());
}

INSTANTIATE_TEST_SUITE_P(Computers, BrokenStates, testing::Values(State::absent, State::dead));

TEST_F(Computers, GivenAnotherImage_WhenAStoppedSandboxIsAcquired_ThenItIsReplaced) {
  ASSERT_TRUE(acquire());
  close(/*stop=*/true);
  image_ = "image:2";
  open();
  ASSERT_TRUE(acquire());
  EXPECT_EQ(count("remove"), 1);
  EXPECT_EQ(count("create"), 2);
}

TEST_F(Computers, GivenAnEngineError_WhenAcquired_ThenItIsTypedAndTheNextCallTriesAgain) {
  engine_.failures["create"] = {{Code::image_missing, "No image.", ""}};
  const auto refused = acquire();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::image_missing);
  EXPECT_TRUE(acquire());
}

TEST_F(Computers, GivenStartsThatWorkAndOneThatDoesNot_WhenCounted_ThenEachIsInItsPlace) {
  engine_.failures["start"] = {{Code::engine_unavailable, "The engine does not answer.", ""}};
  EXPECT_FALSE(acquire());
  EXPECT_TRUE(acquire());
  EXPECT_TRUE(acquire()) << "runs already";
  EXPECT_EQ(registry_->counters().start_seconds.count(), 1U);
  EXPECT_GT(registry_->counters().start_seconds.sum(), 0);
  EXPECT_EQ(registry_->counters().failed_starts, 1U);
  EXPECT_EQ(registry_->counters().engine_errors, 1U);
}

TEST_F(Computers, GivenASandboxThatRunsButIsSilent_WhenAcquired_ThenItIsStartedAnew) {
  ASSERT_TRUE(acquire());
  close();
  engine_.lose_guest(storage());
  open();
  ASSERT_TRUE(acquire());
  EXPECT_EQ(count("stop"), 1);
  EXPECT_EQ(count("start"), 2);
}

TEST_F(Computers, GivenTheCapIsReached_WhenAnotherChatComes_ThenItIsToldWhy) {
  close();
  open({.idle_timeout = 10min, .max_sandboxes = 1, .disk = {}});
  ASSERT_TRUE(acquire());
  const auto refused = acquire({TenantId("default"), ChatId("b")});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::too_many);
  EXPECT_NE(refused.error().message.find("MAX_SANDBOXES"), std::string::npos);
}

TEST_F(Computers, GivenTwoTenantsWithOneChatId_WhenAcquired_ThenTheyAreTwoComputers) {
  const auto a = acquire({TenantId("a"), ChatId("same")});
  const auto b = acquire({TenantId("b"), ChatId("same")});
  ASSERT_TRUE(a && b);
  EXPECT_NE(a->storage, b->storage);
}

TEST_F(Computers, GivenAChat_WhenRemovedWithItsFiles_ThenTheNextCallGetsANewComputer) {
  ASSERT_TRUE(acquire());
  const StorageId before = storage();
  ASSERT_TRUE(run_task(loop_, registry_->remove(chat, Registry::Remove::sandbox_and_files)));
  ASSERT_TRUE(acquire());
  EXPECT_NE(storage(), before);
}

TEST_F(Computers, GivenAnUnknownChat_WhenRemoved_ThenItIsNotFound) {
  const auto removed = run_task(loop_, registry_->remove(chat, Registry::Remove::sandbox));
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().code, Code::not_found);
}

TEST_F(Computers, GivenJobsOfAnEarlierServer_WhenTheirSandboxIsGone_ThenTheyAreInterrupted) {
  ASSERT_TRUE(acquire());
  const JobId job = new_job_id();
  registry_->job_running(storage(), job);
  close();
  engine_.lose_guest(storage());
  ASSERT_TRUE(run_task(loop_, store_->remove_sandbox(storage())));
  open();
  const auto state = [&] { return run_task(loop_, store_->find_job(job))->value().state; };
  run_until([&] { return state() != store::JobState::running; });
  EXPECT_EQ(state(), store::JobState::interrupted);
}

}  // namespace
}  // namespace cus::sandbox
