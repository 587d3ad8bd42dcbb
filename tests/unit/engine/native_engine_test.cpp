// SPDX-License-Identifier: Apache-2.0
// What the native engine refuses, and with which words; its whole life is in native_real_engine_test.cpp.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "cus/engine/native.hpp"
#include "engine/child.hpp"
#include "engine/native_samples.hpp"
#include "support/run_task.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::uint32_t base = 3'200'000;

// An image named `host`, which is the host's own root.
class NativeEngineTest : public testing::Test {
 protected:
  NativeEngineTest() {
    fs::permissions(dir_.path(), fs::perms::all);
    for (const char* name : {"chats", "images/host-1"}) fs::create_directories(dir_ / name);
    fs::create_directory_symlink("/", dir_ / "images/host-1/rootfs");
    fs::create_directory_symlink("host-1", dir_ / "images/host");
    make_engine({});
  }
  ~NativeEngineTest() override {
    drain();
    engine_.reset();
    test::reap_children_here();
  }
  void make_engine(NativeOptions options) {
    drain();
    options.images = dir_ / "images";
    options.state = dir_ / "state";
    options.chats = dir_ / "chats";
    options.uid_base = base;
    engine_ = make_native_engine(loop_.get_executor(), std::move(options));
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
  State state(const StorageId& storage) { return run(engine_->inspect(storage)).value().state; }
  // Of a sandbox that is created and then cannot be started.
  Error failure_of_start(const SandboxSpec& spec) {
    const Result<> created = run(engine_->create(spec));
    EXPECT_TRUE(created) << created.error().cause;
    const Result<> started = run(engine_->start(spec.storage));
    EXPECT_FALSE(started);
    EXPECT_EQ(state(spec.storage), State::created);
    return started ? Error{} : started.error();
  }
  static SandboxSpec spec() { return test::small_spec({"/bin/sleep", "infinity"}); }

  test::TempDir dir_;
  boost::asio::io_context loop_;
  std::unique_ptr<ContainerEngine> engine_;
};

TEST_F(NativeEngineTest, GivenThisMachine_WhenAsked_ThenTheEngineSaysWhatItIs) {
  EXPECT_TRUE(run(engine_->ping()));
  const Result<Report> report = run(engine_->report());
  ASSERT_TRUE(report) << report.error().cause;
  EXPECT_EQ(report->name, "native");
  EXPECT_THAT(report->version, testing::StartsWith("bubblewrap "));
  EXPECT_THAT(report->detail, testing::HasSubstr("cgroup"));
}

TEST_F(NativeEngineTest, GivenASandboxThatWasNeverMade_WhenItIsUsed_ThenOnlyStartingItIsAnError) {
  const StorageId storage = new_storage_id();
  EXPECT_EQ(state(storage), State::absent);
  EXPECT_EQ(test::code_of(run(engine_->start(storage))), Code::not_found);
  EXPECT_TRUE(run(engine_->resume(storage)));
  EXPECT_TRUE(run(engine_->stop(storage, seconds(1))));
  EXPECT_TRUE(run(engine_->remove(storage, test::sample_instance)));
  EXPECT_TRUE(run(engine_->list(test::sample_instance))->empty());
}

TEST_F(NativeEngineTest, GivenAnIdThatLeadsElsewhere_WhenUsed_ThenEveryCallRefusesIt) {
  for (const char* text : {"", "..", "../../etc", "0123"}) {
    const StorageId storage{std::string(text)};
    SandboxSpec wrong = spec();
    wrong.storage = storage;
    EXPECT_EQ(test::code_of(run(engine_->create(wrong))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->owner(storage))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->inspect(storage))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->start(storage))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->resume(storage))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->stop(storage, seconds(1)))), Code::invalid_argument) << text;
    EXPECT_EQ(test::code_of(run(engine_->remove(storage, test::sample_instance))), Code::invalid_argument)
        << text;
  }
}

TEST_F(NativeEngineTest, GivenWhatOnlyDockerHas_WhenCreated_ThenTheErrorNamesTheSetting) {
  SandboxSpec bridge = spec();
  bridge.network = Network::bridge;
  const Result<> bridged = run(engine_->create(bridge));
  ASSERT_EQ(test::code_of(bridged), Code::unsupported);
  EXPECT_THAT(bridged.error().message, testing::HasSubstr("SANDBOX_NETWORK"));
  SandboxSpec runtime = spec();
  runtime.runtime = "runsc";
  const Result<> other = run(engine_->create(runtime));
  ASSERT_EQ(test::code_of(other), Code::unsupported);
  EXPECT_THAT(other.error().message, testing::HasSubstr("SANDBOX_RUNTIME"));
  SandboxSpec root = spec();
  root.uid = 0;
  EXPECT_EQ(test::code_of(run(engine_->create(root))), Code::invalid_argument);
  EXPECT_TRUE(run(engine_->list(test::sample_instance))->empty());
}

TEST_F(NativeEngineTest, GivenNoSuchImage_WhenRequiredOrCreated_ThenItIsMissing) {
  SandboxSpec wrong = spec();
  wrong.image = "browser";
  EXPECT_EQ(test::code_of(run(engine_->create(wrong))), Code::image_missing);
  EXPECT_EQ(test::code_of(run(engine_->require_image("browser"))), Code::image_missing);
  EXPECT_TRUE(run(engine_->require_image("host")));
  EXPECT_TRUE(run(engine_->require_image("host-1")));
}

TEST_F(NativeEngineTest, GivenAnImageThatWasRemoved_WhenStarted_ThenItIsMissing) {
  const SandboxSpec sound = spec();
  ASSERT_TRUE(run(engine_->create(sound)));
  fs::remove(dir_ / "images/host");
  EXPECT_EQ(test::code_of(run(engine_->start(sound.storage))), Code::image_missing);
  EXPECT_EQ(state(sound.storage), State::created);
}

TEST_F(NativeEngineTest, GivenNoBubblewrap_WhenUsed_ThenEveryErrorSaysWhatToInstall) {
  make_engine({.instance = {}, .bwrap = dir_ / "none", .images = {}, .state = {}, .chats = {}});
  const Result<> ping = run(engine_->ping());
  ASSERT_EQ(test::code_of(ping), Code::engine_unavailable);
  EXPECT_THAT(ping.error().message, testing::HasSubstr("apt-get install bubblewrap"));
  EXPECT_EQ(test::code_of(run(engine_->report())), Code::engine_unavailable);
  EXPECT_EQ(failure_of_start(spec()).code, Code::engine_unavailable);
}

TEST_F(NativeEngineTest, GivenAnOldBubblewrap_WhenAsked_ThenTheReportSaysSo) {
  const std::string old = dir_ / "old";
  std::ofstream(old) << "#!/bin/sh\necho bubblewrap 0.4.0\n";
  fs::permissions(old, fs::perms::owner_all);
  make_engine({.instance = {}, .bwrap = old, .images = {}, .state = {}, .chats = {}});
  const Result<Report> report = run(engine_->report());
  ASSERT_EQ(test::code_of(report), Code::engine_unavailable);
  EXPECT_THAT(report.error().message, testing::HasSubstr("0.4.0 is too old"));
}

TEST_F(NativeEngineTest, GivenAMissingSource_WhenStarted_ThenItIsAnErrorAndTheSandboxStaysCreated) {
  SandboxSpec wrong = spec();
  wrong.mounts = {{dir_ / "none", "/tmp/box", Access::read_write}};
  EXPECT_EQ(failure_of_start(wrong).code, Code::io);
  EXPECT_FALSE(fs::exists(dir_ / "none"));
}

TEST_F(NativeEngineTest, GivenAMissingProgram_WhenStarted_ThenItIsAnErrorAndTheSandboxStaysCreated) {
  EXPECT_EQ(failure_of_start(test::small_spec({"/no/such/program"})).code, Code::engine_refused);
}

TEST_F(NativeEngineTest, GivenAllHostUsersInUse_WhenOneMoreIsStarted_ThenTheErrorNamesTheSetting) {
  make_engine(
      {.instance = {}, .bwrap = {}, .images = {}, .state = {}, .chats = {}, .uid_base = 0, .uid_count = 1});
  const Owner first = run(engine_->owner(new_storage_id())).value();
  if (!test::is_root()) {
    EXPECT_EQ(first, test::some_owner());
    return;
  }
  EXPECT_EQ(first, (Owner{.uid = base, .gid = base}));
  const std::string home = dir_ / ("chats/" + new_storage_id().str() + "/home");
  fs::create_directories(home);
  ASSERT_EQ(::chown(home.c_str(), base, base), 0);
  const Error error = failure_of_start(spec());
  EXPECT_EQ(error.code, Code::too_many);
  EXPECT_THAT(error.message, testing::HasSubstr("SANDBOX_UID_COUNT"));
}

}  // namespace
}  // namespace cus::engine
