// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/create_body.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "cus/engine/docker.hpp"
#include "engine/samples.hpp"
#include "support/source_dir.hpp"

namespace cus::engine {
namespace {

// The profile has a test of its own; here it would hide the rest.
Json without_profile(Json body) {
  body["HostConfig"]["SecurityOpt"][1] = "seccomp=PROFILE";
  return body;
}

Json golden(const std::string& name) {
  std::ifstream file(::cus::test::source_dir() + "/tests/unit/engine/golden/" + name);
  return Json::parse(file, nullptr, false);
}

TEST(CreateBody, GivenAnOrdinarySandbox_WhenMade_ThenTheBodyIsTheGoldenOne) {
  const Json body = without_profile(docker_create_body(test::sample_spec()));
  EXPECT_EQ(body, golden("create_body.json")) << body.dump(2);
}

TEST(CreateBody, GivenABridgeAndARuntime_WhenMade_ThenOnlyThoseDiffer) {
  SandboxSpec spec = test::sample_spec();
  spec.network = Network::bridge;
  spec.runtime = "runsc";
  Json expected = golden("create_body.json");
  expected["NetworkDisabled"] = false;
  expected["HostConfig"]["NetworkMode"] = "cus-bridge";
  expected["HostConfig"]["Runtime"] = "runsc";
  EXPECT_EQ(without_profile(docker_create_body(spec)), expected);
}

TEST(CreateBody, GivenTheProfile_WhenSent_ThenItIsTheTextItselfOnOneLine) {
  const Json body = docker_create_body(test::sample_spec());
  const auto option = body["HostConfig"]["SecurityOpt"][1].get<std::string>();
  EXPECT_EQ(option, "seccomp=" + compact_seccomp_profile());
  EXPECT_TRUE(option.starts_with("seccomp={")) << option.substr(0, 40);
  EXPECT_EQ(option.find('\n'), std::string::npos);
}

class RandomSpec {
 public:
  explicit RandomSpec(unsigned seed) : random_(seed) {}

  SandboxSpec make() {
    SandboxSpec spec = test::sample_spec();
    spec.image = text();
    spec.hostname = text();
    spec.uid = number();
    spec.gid = number();
    spec.argv = {text(), text()};
    spec.mounts.clear();
    for (unsigned i = number() % 4; i > 0; --i) {
      spec.mounts.push_back({text(), text(), number() % 2 == 0 ? Access::read_only : Access::read_write});
    }
    spec.tmpfs.clear();
    for (unsigned i = number() % 4; i > 0; --i)
      spec.tmpfs.push_back({text(), number(), number(), number() % 2 == 0});
    spec.limits = {number(), number(), number(), number(), number()};
    spec.network = number() % 2 == 0 ? Network::none : Network::bridge;
    spec.runtime = number() % 2 == 0 ? "" : text();
    return spec;
  }

 private:
  unsigned number() { return static_cast<unsigned>(random_()); }
  // Also what breaks JSON, paths and option lists when it is not escaped.
  std::string text() {
    constexpr std::string_view letters = "ab/.:,\"\\{}\n\0\xff\xc3\xa9 Privileged";
    std::string out;
    for (unsigned i = number() % 24; i > 0; --i) out += letters[number() % letters.size()];
    return out;
  }
  std::mt19937 random_;
};

void expect_harmless(const Json& body) {
  const std::set<std::string> known = {"Image",           "Hostname",     "User",       "WorkingDir",
                                       "Entrypoint",      "Tty",          "OpenStdin",  "AttachStdin",
                                       "AttachStdout",    "AttachStderr", "StopSignal", "Healthcheck",
                                       "NetworkDisabled", "Labels",       "HostConfig"};
  const std::set<std::string> known_host = {
      "Memory",  "MemorySwap", "NanoCpus",    "PidsLimit",      "ShmSize",    "OomKillDisable", "Ulimits",
      "Mounts",  "Tmpfs",      "NetworkMode", "ReadonlyRootfs", "Privileged", "CapDrop",        "SecurityOpt",
      "IpcMode", "Init",       "LogConfig",   "RestartPolicy",  "AutoRemove", "Runtime"};
  for (const auto& [key, value] : body.items()) ASSERT_TRUE(known.contains(key)) << key;
  const Json& host = body["HostConfig"];
  for (const auto& [key, value] : host.items()) ASSERT_TRUE(known_host.contains(key)) << key;
  EXPECT_EQ(host["Privileged"], false);
  EXPECT_EQ(host["Init"], false);
  EXPECT_EQ(host["AutoRemove"], false);
  EXPECT_EQ(host["OomKillDisable"], false);
  EXPECT_EQ(host["ReadonlyRootfs"], true);
  EXPECT_EQ(host["CapDrop"], Json::array({"ALL"}));
  EXPECT_EQ(host["SecurityOpt"],
            Json::array({"no-new-privileges:true", "seccomp=" + compact_seccomp_profile()}));
  EXPECT_EQ(host["Memory"], host["MemorySwap"]);
  EXPECT_EQ(host["IpcMode"], "private");
  EXPECT_EQ(host["LogConfig"]["Type"], "none");
  EXPECT_EQ(host["RestartPolicy"]["Name"], "no");
  EXPECT_THAT(host["NetworkMode"].get<std::string>(), testing::AnyOf("none", "cus-bridge"));
  EXPECT_EQ(host["Ulimits"][0], Json({{"Name", "core"}, {"Soft", 0}, {"Hard", 0}}));
  EXPECT_EQ(body["Labels"].size(), 3U);
  for (const Json& mount : host["Mounts"]) {
    EXPECT_EQ(mount["Type"], "bind");
    EXPECT_EQ(mount["BindOptions"]["CreateMountpoint"], false);
  }
}

// Case H01: whatever a spec holds, it changes values, never which fields exist or what keeps a sandbox in.
TEST(CreateBody, GivenRandomSpecs_WhenMade_ThenNothingPrivilegedAppears) {
  RandomSpec random(20260102);
  for (int i = 0; i < 2'000; ++i) {
    const auto sent = parse_json(dump_json(docker_create_body(random.make())));
    ASSERT_TRUE(sent);
    expect_harmless(*sent);
    if (testing::Test::HasFailure()) FAIL() << dump_json(*sent).substr(0, 2000);
  }
}

}  // namespace
}  // namespace cus::engine
