// SPDX-License-Identifier: Apache-2.0
// The same calls as in real_engine_test.cpp on the native engine: with bubblewrap and the image `core` of the
// directory that CUS_IMAGES_DIR names. Fails where there is none. As root each sandbox has a host user of its
// own.

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>

#include "cus/base/event.hpp"
#include "cus/engine/native.hpp"
#include "engine/native/cgroups.hpp"
#include "engine/native/records.hpp"
#include "engine/native_bench.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class NativeRealEngine : public testing::Test {
 protected:
  NativeRealEngine() {
    fs::permissions(dir_.path(), fs::perms::all);
    fs::create_directories(dir_ / "chats");
    restart_server();
  }
  ~NativeRealEngine() override {
    EXPECT_TRUE(run(engine_->remove(storage_, instance_)));
    drain();
    engine_.reset();
    test::reap_children_here();
  }
  void restart_server() {
    drain();
    const char* images = ::getenv("CUS_IMAGES_DIR");
    engine_ = make_native_engine(loop_.get_executor(), {.instance = {},
                                                        .bwrap = {},
                                                        .images = images != nullptr ? images : "",
                                                        .state = dir_ / "state",
                                                        .chats = dir_ / "chats",
                                                        .uid_base = test::some_owner().uid,
                                                        .uid_count = 8});
  }
  // What a start leaves for later.
  void drain() {
    loop_.restart();
    loop_.run_for(seconds(20));
  }
  template <class T>
  T run(Task<T> task) {
    return test::run_task(loop_, std::move(task), seconds(60));
  }
  State state() { return run(engine_->inspect(storage_)).value().state; }
  std::string boot() { return run(engine_->inspect(storage_)).value().boot; }
  bool becomes(State wanted) {
    const auto deadline = after(seconds(20));
    while (state() != wanted && std::chrono::steady_clock::now() < deadline) run(pause_a_little());
    return state() == wanted;
  }
  static Task<bool> pause_a_little() {
    co_await sleep_until(after(milliseconds(2)));
    co_return true;
  }
  // With a home of its own at /mnt/user-data/outputs, as the sandbox room makes it.
  SandboxSpec spec(
      const std::string& script = "trap 'exit 0' TERM; >/home/assistant/ready; sleep 60 & wait") {
    const Owner owner = run(engine_->owner(storage_)).value();
    const std::string home = dir_ / ("chats/" + storage_.str() + "/home");
    fs::create_directories(home);
    EXPECT_EQ(::chown(home.c_str(), owner.uid, owner.gid), 0);
    SandboxSpec spec = test::small_spec({"/bin/bash", "-c", script});
    spec.storage = storage_;
    spec.instance = instance_;
    spec.image = "core";
    spec.mounts = {{home, "/home/assistant", Access::read_write}};
    return spec;
  }
  void start(const SandboxSpec& spec) {
    const Result<> created = run(engine_->create(spec));
    ASSERT_TRUE(created) << created.error().message << " " << created.error().cause;
    const Result<> started = run(engine_->start(storage_));
    ASSERT_TRUE(started) << started.error().message << " " << started.error().cause;
  }
  // Until the script above would hear a signal; before, the first process of a sandbox does not.
  void wait_until_ready() {
    const std::string sign = dir_ / ("chats/" + storage_.str() + "/home/ready");
    const auto deadline = after(seconds(20));
    while (!fs::exists(sign) && std::chrono::steady_clock::now() < deadline) run(pause_a_little());
    EXPECT_TRUE(fs::remove(sign));
  }
  engine::Run record() const { return Records(dir_ / "state").run(storage_).value_or(engine::Run{}); }
  pid_t pid() const { return record().process.pid; }

  test::TempDir dir_;
  boost::asio::io_context loop_;
  StorageId storage_ = new_storage_id();
  InstanceId instance_{random_hex(16)};
  std::unique_ptr<ContainerEngine> engine_;
};

TEST_F(NativeRealEngine, GivenASandbox_WhenItLivesItsWholeLife_ThenEachStateIsTold) {
  EXPECT_EQ(state(), State::absent);
  const SandboxSpec spec = this->spec();
  ASSERT_TRUE(run(engine_->create(spec)));
  EXPECT_EQ(state(), State::created);
  EXPECT_EQ(boot(), "");
  EXPECT_EQ(test::code_of(run(engine_->create(spec))), Code::conflict);
  ASSERT_TRUE(run(engine_->start(storage_)));
  const std::string first = boot();
  EXPECT_NE(first, "");
  ASSERT_TRUE(run(engine_->start(storage_)));
  EXPECT_EQ(state(), State::running);
  EXPECT_EQ(boot(), first);
  ASSERT_TRUE(run(engine_->resume(storage_)));
  wait_until_ready();
  ASSERT_TRUE(run(engine_->stop(storage_, seconds(20))));
  ASSERT_TRUE(run(engine_->stop(storage_, seconds(20))));
  EXPECT_EQ(state(), State::stopped);
  ASSERT_TRUE(run(engine_->start(storage_)));
  EXPECT_EQ(state(), State::running);
  EXPECT_NE(boot(), first);
  ASSERT_TRUE(run(engine_->remove(storage_, instance_)));
  EXPECT_EQ(state(), State::absent);
  EXPECT_EQ(test::code_of(run(engine_->start(storage_))), Code::not_found);
}

TEST_F(NativeRealEngine, GivenASandboxThatDoesNotWantToEnd_WhenStoppedOrRemoved_ThenItIsKilled) {
  start(spec("trap '' TERM; sleep 600 & wait; sleep 600"));
  ASSERT_TRUE(run(engine_->stop(storage_, seconds(0))));
  EXPECT_EQ(state(), State::stopped);
  ASSERT_TRUE(run(engine_->start(storage_)));
  const Result<Fd> first = open_process(record().process);
  ASSERT_TRUE(first);
  ASSERT_TRUE(run(engine_->remove(storage_, instance_)));
  EXPECT_TRUE(wait_for_end(first->get(), milliseconds(0)));
}

TEST_F(NativeRealEngine, GivenASandboxThatEndsByItself_WhenLookedAt_ThenItIsStoppedAndStartsAgain) {
  start(spec("read -t 0.2 < <(sleep 60)"));
  const std::string first = boot();
  EXPECT_TRUE(becomes(State::stopped));
  ASSERT_TRUE(run(engine_->start(storage_)));
  EXPECT_NE(boot(), first);
}

// Its control group would stay for as long as the server runs.
TEST_F(NativeRealEngine, GivenASandboxThatEndedByItself_WhenStartedAgain_ThenNothingOfItsFirstRunIsLeft) {
  start(spec());
  const std::string group = record().group;
  ASSERT_TRUE(send_signal(open_process(record().process).value().get(), SIGKILL));
  ASSERT_TRUE(becomes(State::stopped));
  ASSERT_TRUE(run(engine_->start(storage_)));
  EXPECT_NE(record().group, group);
  for (const Mount& view : Cgroups::discover("/sys/fs/cgroup").views(group))
    EXPECT_FALSE(fs::exists(view.source));
}

TEST_F(NativeRealEngine, GivenAStoppedTree_WhenResumedOrStopped_ThenItIs) {
  start(spec());
  wait_until_ready();
  signal_tree(pid(), SIGSTOP);
  EXPECT_TRUE(becomes(State::paused));
  ASSERT_TRUE(run(engine_->start(storage_)));
  ASSERT_TRUE(run(engine_->resume(storage_)));
  EXPECT_TRUE(becomes(State::running));
  signal_tree(pid(), SIGSTOP);
  EXPECT_TRUE(becomes(State::paused));
  ASSERT_TRUE(run(engine_->stop(storage_, seconds(20))));
  EXPECT_EQ(state(), State::stopped);
}

TEST_F(NativeRealEngine, GivenASandbox_WhenTheServerIsStartedAgain_ThenItIsAdopted) {
  start(spec());
  wait_until_ready();
  const std::string first = boot();
  restart_server();
  EXPECT_EQ(state(), State::running);
  EXPECT_EQ(boot(), first);
  const auto listed = run(engine_->list(instance_)).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].storage, storage_);
  EXPECT_EQ(listed[0].state, State::running);
  ASSERT_TRUE(run(engine_->stop(storage_, seconds(20))));
  EXPECT_EQ(state(), State::stopped);
}

TEST_F(NativeRealEngine, GivenARunOfBeforeTheMachineStarted_WhenLookedAt_ThenItIsStopped) {
  start(spec());
  engine::Run before = record();
  const Fd running = open_process(before.process).value();
  before.process.boot = "00000000-0000-0000-0000-000000000000";
  ASSERT_TRUE(Records(dir_ / "state").put_run(storage_, before));
  EXPECT_EQ(state(), State::stopped);
  EXPECT_TRUE(run(engine_->stop(storage_, seconds(1))));
  EXPECT_FALSE(wait_for_end(running.get(), milliseconds(0))) << "whoever has the number now was signalled";
  EXPECT_TRUE(send_signal(running.get(), SIGKILL));
  EXPECT_TRUE(wait_for_end(running.get(), milliseconds(10'000)));
}

TEST_F(NativeRealEngine, GivenAnotherInstancesSandbox_WhenListedOrRemoved_ThenItIsNeitherShownNorTouched) {
  start(spec());
  const InstanceId other{random_hex(16)};
  EXPECT_TRUE(run(engine_->list(other))->empty());
  EXPECT_EQ(test::code_of(run(engine_->remove(storage_, other))), Code::conflict);
  EXPECT_EQ(state(), State::running);
  EXPECT_EQ(run(engine_->list(instance_))->size(), 1U);
}

TEST_F(NativeRealEngine, GivenAChat_WhenItsSandboxRuns_ThenItIsItsOwnersFromOutside) {
  start(spec());
  const std::string uid = std::to_string(run(engine_->owner(storage_))->uid);
  EXPECT_THAT(test::status_of(pid(), "Uid"), testing::StartsWith(uid + "\t"));
  EXPECT_EQ(std::to_string(record().uid), uid);
  EXPECT_EQ(run(engine_->owner(storage_)).value(), run(engine_->owner(storage_)).value());
}

TEST_F(NativeRealEngine, GivenTheLimitsAndOptions_WhenSeenFromInside_ThenTheyHold) {
  const SandboxSpec talking = spec(
      "(id -u; id -g; grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; ulimit -c; ulimit -n; "
      "grep -c : /proc/net/dev; touch /x; mount -t tmpfs none /tmp; unshare -Ur true && echo userns; "
      "touch ~assistant/mine && stat -c %u /home/assistant/mine) >/tmp/out 2>&1; "
      "cat /tmp/out >/home/assistant/result; trap 'exit 0' TERM; sleep 60 & wait");
  const test::Outbox box(talking.mounts[0].source, run(engine_->owner(storage_)).value());
  start(talking);
  const std::string seen = box.read_all();
  EXPECT_THAT(seen, testing::StartsWith("1000\n1000\n"));
  EXPECT_THAT(seen, testing::HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(seen, testing::HasSubstr("CapBnd:\t0000000000000000"));
  EXPECT_THAT(seen, testing::HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(seen, testing::HasSubstr("Seccomp:\t2\n0\n1024\n1\n"));
  EXPECT_THAT(seen, testing::HasSubstr("Read-only file system"));
  EXPECT_THAT(seen, testing::HasSubstr("userns"));
  EXPECT_THAT(seen, testing::EndsWith("\n1000\n"));
}

}  // namespace
}  // namespace cus::engine
