// SPDX-License-Identifier: Apache-2.0
// What each call of ContainerEngine sends and which answers it takes for what.

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>

#include "engine/samples.hpp"
#include "engine/stub_engine.hpp"
#include "support/run_task.hpp"

namespace cus::engine {
namespace {

using test::answer;
using test::Reply;
using test::sample_instance;
using test::sample_storage;
using test::Seen;
using testing::Contains;
using testing::HasSubstr;

const std::string name = "cus-" + sample_storage.str();

class DockerEngineTest : public testing::Test {
 protected:
  // Answers the calls whose "METHOD target" holds the key, in turn; the last one again and again.
  void on(const std::string& key, std::vector<Reply> replies) { script[key] = std::move(replies); }
  std::optional<Reply> reply_to(const Seen& seen) {
    const std::string call = seen.method + " " + seen.target;
    for (auto& [key, replies] : script) {
      if (!call.contains(key)) continue;
      const Reply reply = replies.front();
      if (replies.size() > 1) replies.erase(replies.begin());
      return reply;
    }
    return std::nullopt;
  }
  template <class T>
  T run(Task<T> task) {
    return test::run_task(loop, std::move(task));
  }
  Code code_of_start(int status, const std::string& words) {
    on("/start", {answer(status, R"({"message":")" + words + R"("})")});
    const auto started = run(engine->start(sample_storage));
    return started ? Code::internal : started.error().code;
  }

  boost::asio::io_context loop;
  std::map<std::string, std::vector<Reply>> script;
  test::StubEngine stub{loop, [this](const Seen& seen) { return reply_to(seen); }};
  std::unique_ptr<ContainerEngine> engine = make_docker_engine(loop.get_executor(), stub.options());
};

TEST_F(DockerEngineTest, GivenASpec_WhenCreated_ThenTheGoldenBodyIsSentUnderItsName) {
  on("/containers/create", {answer(201, R"({"Id":")" + test::sample_container_id + R"(","Warnings":[]})")});
  ASSERT_TRUE(run(engine->create(test::sample_spec())));
  EXPECT_EQ(stub.seen().back().target, "/v1.41/containers/create?name=" + name);
  EXPECT_EQ(parse_json(stub.seen().back().body).value(), docker_create_body(test::sample_spec()));
}

TEST_F(DockerEngineTest, GivenASpecAsRoot_WhenCreated_ThenNothingIsSent) {
  SandboxSpec spec = test::sample_spec();
  spec.uid = 0;
  EXPECT_EQ(test::code_of(run(engine->create(spec))), Code::invalid_argument);
  EXPECT_TRUE(stub.seen().empty());
}

TEST_F(DockerEngineTest, GivenATakenName_WhenCreated_ThenItIsAConflictAndWhatIsThereStays) {
  on("/containers/create", {answer(409, R"({"message":"Conflict. The container name is already in use"})")});
  EXPECT_EQ(test::code_of(run(engine->create(test::sample_spec()))), Code::conflict);
  on("/containers/create", {answer(500, R"({"message":"the container name \"x\" is already in use"})")});
  EXPECT_EQ(test::code_of(run(engine->create(test::sample_spec()))), Code::conflict);
  EXPECT_EQ(stub.count("DELETE", ""), 0U);
}

TEST_F(DockerEngineTest, GivenAMissingImageOrAFullDisk_WhenCreated_ThenTheErrorIsTyped) {
  on("/containers/create", {answer(404, R"({"message":"No such image: x"})")});
  EXPECT_EQ(test::code_of(run(engine->create(test::sample_spec()))), Code::image_missing);
  on("/containers/create", {answer(500, R"({"message":"no space left on device"})")});
  EXPECT_EQ(test::code_of(run(engine->create(test::sample_spec()))), Code::storage_full);
}

TEST_F(DockerEngineTest,
       GivenNoBridgeYet_WhenABridgedSandboxIsCreated_ThenItIsMadeWithoutTrafficBetweenContainers) {
  SandboxSpec spec = test::sample_spec();
  spec.network = Network::bridge;
  on("GET /v1.41/networks/cus-bridge", {answer(404, R"({"message":"network cus-bridge not found"})")});
  on("/networks/create", {answer(201, R"({"Id":"x"})")});
  on("/containers/create", {answer(201, R"({"Id":")" + test::sample_container_id + R"("})")});
  ASSERT_TRUE(run(engine->create(spec)));
  const auto made =
      std::ranges::find_if(stub.seen(), [](const Seen& s) { return s.target.contains("/networks/create"); });
  EXPECT_THAT(made->body, HasSubstr(R"("com.docker.network.bridge.enable_icc":"false")"));
}

TEST_F(DockerEngineTest, GivenAForeignBridgeOfThatName_WhenABridgedSandboxIsCreated_ThenItIsNotUsed) {
  SandboxSpec spec = test::sample_spec();
  spec.network = Network::bridge;
  on("/networks/cus-bridge", {answer(200, R"({"Driver":"bridge","Options":{},"Labels":{}})")});
  EXPECT_EQ(test::code_of(run(engine->create(spec))), Code::conflict);
  EXPECT_EQ(stub.count("POST", ""), 0U);
}

TEST_F(DockerEngineTest, GivenStartsAnswers_WhenStarted_ThenDoneAndAlreadyDoneAreSuccess) {
  on("/start", {answer(204), answer(304)});
  EXPECT_TRUE(run(engine->start(sample_storage)));
  EXPECT_TRUE(run(engine->start(sample_storage)));
  EXPECT_EQ(stub.seen().back().target, "/v1.41/containers/" + name + "/start");
  EXPECT_EQ(code_of_start(404, "No such container"), Code::not_found);
  EXPECT_EQ(code_of_start(500, "no space left on device"), Code::storage_full);
  EXPECT_EQ(code_of_start(500, "something"), Code::engine_refused);
  EXPECT_EQ(code_of_start(200, ""), Code::engine_refused);
}

TEST_F(DockerEngineTest, GivenASandboxThatIsNotPaused_WhenResumed_ThenThatIsNoError) {
  on("/unpause", {answer(500, R"({"message":"Container x is not paused"})")});
  on("/json", {answer(200, test::inspect_body("running"))});
  EXPECT_TRUE(run(engine->resume(sample_storage)));
}

TEST_F(DockerEngineTest, GivenASandboxThatStaysPaused_WhenResumed_ThenTheRefusalIsTold) {
  on("/unpause", {answer(500, R"({"message":"cannot thaw"})")});
  on("/json", {answer(200, test::inspect_body("paused"))});
  EXPECT_EQ(test::code_of(run(engine->resume(sample_storage))), Code::engine_refused);
  on("/unpause", {answer(404, R"({"message":"No such container"})")});
  EXPECT_EQ(test::code_of(run(engine->resume(sample_storage))), Code::not_found);
}

TEST_F(DockerEngineTest, GivenStopsAnswers_WhenStopped_ThenStoppedAndAbsentAreSuccess) {
  on("/stop",
     {answer(204), answer(304), answer(404, R"({"message":"No such container"})"), answer(500, "{}")});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(run(engine->stop(sample_storage, std::chrono::seconds(2)))) << i;
  EXPECT_THAT(stub.seen().back().target, HasSubstr("/stop?t=2"));
  EXPECT_FALSE(run(engine->stop(sample_storage, std::chrono::seconds(2))));
}

TEST_F(DockerEngineTest, GivenOurSandbox_WhenRemoved_ThenItIsByTheIdWhoseLabelsWereRead) {
  on("/json", {answer(200, test::inspect_body("running"))});
  on("DELETE", {answer(204)});
  ASSERT_TRUE(run(engine->remove(sample_storage, sample_instance)));
  EXPECT_EQ(stub.seen().back().target, "/v1.41/containers/" + test::sample_container_id + "?force=1&v=1");
}

TEST_F(DockerEngineTest, GivenNothingOfThatName_WhenRemoved_ThenThatIsSuccess) {
  on("/json", {answer(404, R"({"message":"No such container"})")});
  EXPECT_TRUE(run(engine->remove(sample_storage, sample_instance)));
  on("/json", {answer(200, test::inspect_body("running"))});
  on("DELETE", {answer(404, R"({"message":"No such container"})")});
  EXPECT_TRUE(run(engine->remove(sample_storage, sample_instance)));
}

TEST_F(DockerEngineTest, GivenSomebodyElseIsRemovingIt_WhenRemoved_ThenItIsDoneWhenItIsGone) {
  on("/json", {answer(200, test::inspect_body("removing")), answer(404, "{}")});
  on("DELETE", {answer(409, R"({"message":"removal of container x is already in progress"})")});
  EXPECT_TRUE(run(engine->remove(sample_storage, sample_instance)));
  EXPECT_EQ(stub.count("DELETE", ""), 1U);
}

// Cases H05 and H06.
TEST_F(DockerEngineTest,
       GivenAContainerThatIsNotOurs_WhenRemovedOrInspected_ThenItIsLeftAloneWithAClearError) {
  const InstanceId other{std::string(32, '0')};
  const std::vector<std::string> foreign = {
      test::inspect_body("running", "2026", sample_storage, other),
      test::inspect_body("running", "2026", StorageId("x")),
      R"({"Id":")" + test::sample_container_id +
          R"(","State":{"Status":"running"},"Config":{"Labels":null}})",
      R"({"Id":")" + test::sample_container_id + R"(","State":{"Status":"running"},"Config":{}})"};
  for (const std::string& body : foreign) {
    on("/json", {answer(200, body)});
    const auto removed = run(engine->remove(sample_storage, sample_instance));
    ASSERT_FALSE(removed) << body;
    EXPECT_EQ(test::code_of(removed), Code::conflict);
    EXPECT_THAT(removed.error().message, HasSubstr(name));
  }
  EXPECT_EQ(test::code_of(run(engine->inspect(sample_storage))), Code::conflict);
  EXPECT_EQ(stub.count("DELETE", ""), 0U);
}

TEST_F(DockerEngineTest, GivenASandbox_WhenInspected_ThenItsStateAndBootAreTold) {
  on("/json", {answer(200, test::inspect_body("paused", "2026-05-06T07:08:09Z")), answer(404, "{}")});
  const auto paused = run(engine->inspect(sample_storage)).value();
  EXPECT_EQ(paused.state, State::paused);
  EXPECT_EQ(paused.boot, "2026-05-06T07:08:09Z");
  EXPECT_EQ(run(engine->inspect(sample_storage)).value().state, State::absent);
}

TEST_F(DockerEngineTest, GivenAnIdThatIsNone_WhenUsed_ThenNoCallIsMade) {
  const StorageId bad("../../images/prune");
  EXPECT_EQ(test::code_of(run(engine->inspect(bad))), Code::invalid_argument);
  EXPECT_EQ(test::code_of(run(engine->start(bad))), Code::invalid_argument);
  EXPECT_EQ(test::code_of(run(engine->resume(bad))), Code::invalid_argument);
  EXPECT_EQ(test::code_of(run(engine->stop(bad, std::chrono::seconds(1)))), Code::invalid_argument);
  EXPECT_EQ(test::code_of(run(engine->remove(bad, sample_instance))), Code::invalid_argument);
  EXPECT_EQ(test::code_of(run(engine->require_image("../../info"))), Code::invalid_argument);
  EXPECT_TRUE(stub.seen().empty());
}

TEST_F(DockerEngineTest, GivenAnInstance_WhenListed_ThenItsLabelIsTheFilter) {
  on("/containers/json", {answer(200, "[]")});
  EXPECT_TRUE(run(engine->list(sample_instance)).value().empty());
  EXPECT_THAT(stub.seen().back().target, HasSubstr("all=1&filters=%7B%22"));
}

TEST_F(DockerEngineTest, GivenAnImage_WhenRequired_ThenItsAbsenceIsTyped) {
  on("/images/a:1/json",
     {answer(200, "{}"), answer(404, R"({"message":"no such image: a:1"})"), answer(404, "{}")});
  EXPECT_TRUE(run(engine->require_image("a:1")));
  EXPECT_EQ(test::code_of(run(engine->require_image("a:1"))), Code::image_missing);
  EXPECT_EQ(test::code_of(run(engine->require_image("a:1"))), Code::image_missing);
}

TEST_F(DockerEngineTest, GivenVersionsAndAbilities_WhenReported_ThenTheyAndTheirWarningsAreNamed) {
  on("GET /version",
     {answer(200, R"({"Version":"28.5.2","ApiVersion":"1.51","MinAPIVersion":"1.24","Components":[
      {"Name":"Engine","Version":"28.5.2"},{"Name":"runc","Version":"1.2.7"},{"Name":7}]})")});
  on("/info",
     {answer(
         200,
         R"({"Runtimes":{"runc":{},"runsc":{}},"SecurityOptions":["name=apparmor"],"PidsLimit":false})")});
  const Report report = run(engine->report()).value();
  EXPECT_EQ(report.name, "docker");
  EXPECT_EQ(report.version, "28.5.2");
  EXPECT_EQ(report.detail, "API 1.45, runc 1.2.7, runtimes: runc runsc");
  EXPECT_THAT(report.warnings, Contains(HasSubstr("CVE-2025-31133")));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("CVE-2026-41567")));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("no seccomp")));
  EXPECT_THAT(report.warnings, Contains(HasSubstr("number of processes")));
}

TEST_F(DockerEngineTest, GivenPodman_WhenReported_ThenItIsNamed) {
  on("GET /version",
     {answer(200, R"({"Version":"4.3.1","ApiVersion":"1.41","MinAPIVersion":"1.24","Components":[
      {"Name":"Podman Engine","Version":"4.3.1"}]})")});
  on("/info", {answer(200, "{}")});
  EXPECT_EQ(run(engine->report()).value().name, "podman");
}

TEST_F(DockerEngineTest, GivenAnEngineThatAnswers_WhenPinged_ThenThatIsAll) {
  EXPECT_TRUE(run(engine->ping()));
  EXPECT_EQ(stub.seen().size(), 1U);
  on("/_ping", {answer(500, "{}")});
  EXPECT_FALSE(run(engine->ping()));
}

// What operators may allow this server on the engine's socket (case H07): docs/engine-api.md names each of
// them.
TEST_F(DockerEngineTest, GivenTheArchiveAndExecEndpoints_WhenEverythingRan_ThenNoneWasCalled) {
  on("/json", {answer(200, test::inspect_body("running"))});
  run(engine->create(test::sample_spec()));
  run(engine->start(sample_storage));
  run(engine->stop(sample_storage, std::chrono::seconds(1)));
  run(engine->remove(sample_storage, sample_instance));
  EXPECT_EQ(stub.count("", "/exec"), 0U);
  EXPECT_EQ(stub.count("PUT", "") + stub.count("GET", "/archive"), 0U);
}

}  // namespace
}  // namespace cus::engine
