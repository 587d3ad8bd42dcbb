// SPDX-License-Identifier: Apache-2.0
#include "engine/spec_check.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "engine/samples.hpp"

namespace cus::engine {
namespace {

TEST(SpecCheck, GivenAnOrdinarySpec_WhenChecked_ThenItPasses) {
  EXPECT_TRUE(check_spec(test::sample_spec()));
}

TEST(SpecCheck, GivenASpecWithOneThingWrong_WhenChecked_ThenItIsRefused) {
  const std::vector<std::pair<std::string, std::function<void(SandboxSpec&)>>> wrongs = {
      {"root", [](SandboxSpec& s) { s.uid = 0; }},
      {"root group", [](SandboxSpec& s) { s.gid = 0; }},
      {"no memory limit", [](SandboxSpec& s) { s.limits.memory_bytes = 0; }},
      {"negative memory", [](SandboxSpec& s) { s.limits.memory_bytes = UINT64_MAX; }},
      {"no cpu limit", [](SandboxSpec& s) { s.limits.nano_cpus = 0; }},
      {"no process limit", [](SandboxSpec& s) { s.limits.pids = 0; }},
      {"unlimited processes", [](SandboxSpec& s) { s.limits.pids = -1; }},
      {"no files limit", [](SandboxSpec& s) { s.limits.open_files = 0; }},
      {"no shm limit", [](SandboxSpec& s) { s.limits.shm_bytes = 0; }},
      {"no program", [](SandboxSpec& s) { s.argv.clear(); }},
      {"storage id", [](SandboxSpec& s) { s.storage = StorageId("../../info"); }},
      {"instance id", [](SandboxSpec& s) { s.instance = InstanceId("a\"b"); }},
      {"hostname", [](SandboxSpec& s) { s.hostname = "a b"; }},
      {"runtime", [](SandboxSpec& s) { s.runtime = "runc;x"; }},
      {"relative source", [](SandboxSpec& s) { s.mounts[0].source = "data"; }},
      {"source that climbs", [](SandboxSpec& s) { s.mounts[0].source = "/data/../etc"; }},
      {"the whole host", [](SandboxSpec& s) { s.mounts[0].source = "/"; }},
      {"engine's socket", [](SandboxSpec& s) { s.mounts[0].source = "/var/run/docker.sock"; }},
      {"target with options", [](SandboxSpec& s) { s.mounts[0].target = "/x:rw"; }},
      {"tmpfs with options", [](SandboxSpec& s) { s.tmpfs[0].target = "/tmp,suid"; }},
      {"boundless tmpfs", [](SandboxSpec& s) { s.tmpfs[0].bytes = 0; }},
      {"tmpfs without inodes", [](SandboxSpec& s) { s.tmpfs[0].inodes = 0; }},
  };
  for (const auto& [what, spoil] : wrongs) {
    SandboxSpec spec = test::sample_spec();
    spoil(spec);
    const auto checked = check_spec(spec);
    ASSERT_FALSE(checked) << what;
    EXPECT_EQ(test::code_of(checked), Code::invalid_argument) << what;
  }
}

TEST(SpecCheck, GivenImageNames_WhenChecked_ThenOnlyReferencesPass) {
  for (const auto* good : {"debian", "debian:trixie", "host.example:5000/a/b_c-d:1.2", "a@sha256:00ff"}) {
    EXPECT_TRUE(check_image_name(good)) << good;
  }
  for (const auto* bad : {"", "/etc", "a/../b", "a//b", "a b", "a?b", "a#b", "a%2e", "-x", "a/", "a\r\nb"}) {
    EXPECT_FALSE(check_image_name(bad)) << bad;
  }
}

}  // namespace
}  // namespace cus::engine
