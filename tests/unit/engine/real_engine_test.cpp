// SPDX-License-Identifier: Apache-2.0
// The same calls against a real engine: CUS_DOCKER_SOCKET (unix:///var/run/docker.sock), CUS_IMAGE
// (computer-use-base:trixie). Fails where there is none. Each test makes and removes a container of its own.

#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "cus/base/event.hpp"
#include "cus/engine/docker.hpp"
#include "engine/samples.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

using std::chrono::seconds;

std::string setting(const char* variable, const char* fallback) {
  const char* value = getenv(variable);
  return value != nullptr && *value != '\0' ? value : fallback;
}

DockerOptions real_options() {
  std::string socket = setting("CUS_DOCKER_SOCKET", "unix:///var/run/docker.sock");
  if (socket.starts_with("unix://")) socket = socket.substr(7);
  DockerOptions options;
  options.socket_path = socket;
  options.data_root = "/tmp";
  return options;
}

class RealEngine : public testing::Test {
 protected:
  RealEngine() {
    std::string pattern = "/tmp/cus-real-XXXXXX";
    directory = mkdtemp(pattern.data());
    std::filesystem::permissions(directory, std::filesystem::perms::all);
  }
  ~RealEngine() override {
    EXPECT_TRUE(run(engine->remove(spec().storage, instance)));
    std::filesystem::remove_all(directory);
  }
  template <class T>
  T run(Task<T> task) {
    return test::run_task(loop, std::move(task), seconds(60));
  }
  State state() { return run(engine->inspect(storage)).value().state; }
  SandboxSpec spec(const std::string& script = "trap 'exit 0' TERM; sleep 60 & wait") {
    SandboxSpec made;
    made.storage = storage;
    made.instance = instance;
    made.image = setting("CUS_IMAGE", "computer-use-base:trixie");
    made.argv = {"/bin/bash", "-c", script};
    made.mounts = {{directory, "/out", Access::read_write}};
    made.tmpfs = {{"/tmp", 16U << 20U, 1000, true}};
    made.limits = {.memory_bytes = 256U << 20U,
                   .nano_cpus = 1'000'000'000,
                   .pids = 64,
                   .open_files = 1024,
                   .shm_bytes = 16U << 20U};
    return made;
  }
  // Runs `script` to its end inside a sandbox; what it wrote to /out/result.
  std::string result_of(const std::string& script) {
    EXPECT_TRUE(run(engine->create(spec("(" + script + ") > /out/result 2>&1"))));
    EXPECT_TRUE(run(engine->start(storage)));
    while (state() == State::running) run(pause_a_little());
    std::ifstream file(directory + "/result");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static Task<bool> pause_a_little() {
    co_await sleep_until(after(std::chrono::milliseconds(50)));
    co_return true;
  }

  boost::asio::io_context loop;
  StorageId storage = new_storage_id();
  InstanceId instance{random_hex(16)};
  std::string directory;
  std::unique_ptr<ContainerEngine> engine = make_docker_engine(loop.get_executor(), real_options());
};

TEST_F(RealEngine, GivenAnEngine_WhenAsked_ThenItAnswersAndSaysWhatItIs) {
  ASSERT_TRUE(run(engine->ping()));
  const auto report = run(engine->report());
  ASSERT_TRUE(report) << report.error().cause;
  EXPECT_THAT(report->name, testing::AnyOf("docker", "podman"));
  EXPECT_THAT(report->detail, testing::StartsWith("API 1.4"));
  EXPECT_EQ(test::code_of(run(engine->require_image("no-such-image:ever"))), Code::image_missing);
  EXPECT_TRUE(run(engine->require_image(spec().image)));
}

TEST_F(RealEngine, GivenASandbox_WhenItLivesItsWholeLife_ThenEachStateIsTold) {
  EXPECT_EQ(state(), State::absent);
  const auto created = run(engine->create(spec()));
  ASSERT_TRUE(created) << created.error().cause;
  EXPECT_EQ(state(), State::created);
  EXPECT_EQ(run(engine->inspect(storage))->boot, "");
  EXPECT_EQ(test::code_of(run(engine->create(spec()))), Code::conflict);
  ASSERT_TRUE(run(engine->start(storage)));
  ASSERT_TRUE(run(engine->start(storage)));
  EXPECT_EQ(state(), State::running);
  const std::string boot = run(engine->inspect(storage))->boot;
  EXPECT_NE(boot, "");
  ASSERT_TRUE(run(engine->resume(storage)));
  ASSERT_TRUE(run(engine->stop(storage, seconds(5))));
  ASSERT_TRUE(run(engine->stop(storage, seconds(5))));
  EXPECT_EQ(state(), State::stopped);
  ASSERT_TRUE(run(engine->start(storage)));
  EXPECT_NE(run(engine->inspect(storage))->boot, boot);
  const auto listed = run(engine->list(instance)).value();
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].storage, storage);
  ASSERT_TRUE(run(engine->remove(storage, instance)));
  EXPECT_EQ(state(), State::absent);
  EXPECT_TRUE(run(engine->stop(storage, seconds(1))));
  EXPECT_EQ(test::code_of(run(engine->start(storage))), Code::not_found);
}

TEST_F(RealEngine, GivenAPausedSandbox_WhenResumedOrStopped_ThenItIs) {
  ASSERT_TRUE(run(engine->create(spec())));
  ASSERT_TRUE(run(engine->start(storage)));
  const std::string pause =
      "docker -H unix://" + real_options().socket_path + " pause cus-" + storage.str() + " >/dev/null";
  ASSERT_EQ(system(pause.c_str()), 0);
  EXPECT_EQ(state(), State::paused);
  ASSERT_TRUE(run(engine->resume(storage)));
  EXPECT_EQ(state(), State::running);
  ASSERT_EQ(system(pause.c_str()), 0);
  ASSERT_TRUE(run(engine->stop(storage, seconds(2))));
  EXPECT_EQ(state(), State::stopped);
}

TEST_F(RealEngine, GivenAnotherInstancesSandbox_WhenRemoved_ThenItStays) {
  ASSERT_TRUE(run(engine->create(spec())));
  EXPECT_EQ(test::code_of(run(engine->remove(storage, InstanceId(random_hex(16))))), Code::conflict);
  EXPECT_EQ(state(), State::created);
}

TEST_F(RealEngine, GivenAMissingSource_WhenCreated_ThenItIsAnErrorAndNothingIsMade) {
  SandboxSpec wrong = spec();
  wrong.mounts[0].source = directory + "/not/there";
  const auto created = run(engine->create(wrong));
  ASSERT_FALSE(created);
  EXPECT_THAT(created.error().message, testing::HasSubstr("USER_DATA_BASE_PATH"));
  EXPECT_FALSE(std::filesystem::exists(directory + "/not"));
  EXPECT_EQ(state(), State::absent);
}

TEST_F(RealEngine, GivenTheLimitsAndOptions_WhenSeenFromInside_ThenTheyHold) {
  const std::string seen = result_of(
      "id -u; id -g; grep -E 'CapEff|CapBnd|NoNewPrivs|Seccomp:' /proc/self/status; ulimit -c; ulimit -n; ls "
      "/sys/class/net; "
      "touch /x; mount -t tmpfs none /tmp; unshare -Ur true && echo userns");
  EXPECT_THAT(seen, testing::StartsWith("1000\n1000\n"));
  EXPECT_THAT(seen, testing::HasSubstr("CapEff:\t0000000000000000"));
  EXPECT_THAT(seen, testing::HasSubstr("CapBnd:\t0000000000000000"));
  EXPECT_THAT(seen, testing::HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(seen, testing::HasSubstr("Seccomp:\t2\n0\n1024\nlo\n"));
  EXPECT_THAT(seen, testing::HasSubstr("Read-only file system"));
  EXPECT_THAT(seen, testing::HasSubstr("userns"));
}

}  // namespace
}  // namespace cus::engine
