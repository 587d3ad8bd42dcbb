// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/spec_factory.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace cus::sandbox {
namespace {

const StorageId storage(std::string(32, '5'));
const InstanceId instance(std::string(32, '1'));

SandboxSettings settings() {
  SandboxSettings settings;
  settings.image = "image:1";
  settings.guest_build = "build";
  settings.tmp_bytes = 64U << 20U;
  settings.limits = {.memory_bytes = 1U << 30U, .nano_cpus = 1, .pids = 2, .open_files = 3, .shm_bytes = 4};
  return settings;
}

engine::SandboxSpec spec(const SandboxSettings& s = settings(), const std::string& root = "/data") {
  return make_spec(Layout(root), s, instance, storage);
}

TEST(SandboxSpec, GivenAStorageId_WhenTheSpecIsMade_ThenTheMountsAreThoseOfTheContract) {
  std::vector<std::string> mounts;
  for (const auto& mount : spec().mounts) {
    mounts.push_back(mount.source + " " + mount.target +
                     (mount.access == engine::Access::read_only ? " ro" : " rw"));
  }
  const std::string chat = "/data/chats/" + storage.str();
  EXPECT_EQ(mounts, (std::vector<std::string>{
                        "/data/run/" + storage.str() + " /run/computer-use ro",
                        "/data/guest/build /opt/computer-use ro", chat + "/home /home/assistant rw",
                        chat + "/uploads /mnt/user-data/uploads ro",
                        chat + "/outputs /mnt/user-data/outputs rw", "/data/skills /mnt/skills ro"}));
}

TEST(SandboxSpec, GivenNoNetworkSetting_WhenTheSpecIsMade_ThenThereIsNoNetwork) {
  EXPECT_EQ(spec().network, engine::Network::none);
  EXPECT_EQ(spec().uid, 1000U);
  EXPECT_EQ(spec().argv, std::vector<std::string>{"/opt/computer-use/computer-use-guest"});
}

// What lies in memory counts as memory: full to the brim it must leave room for a process that cleans up.
TEST(SandboxSpec, GivenMoreInMemoryThanThereIsMemory_WhenTheSpecIsMade_ThenAQuarterIsLeftForProcesses) {
  SandboxSettings large = settings();
  large.tmp_bytes = 4ULL << 30U;
  large.limits.shm_bytes = 4ULL << 30U;
  const auto made = spec(large);
  std::uint64_t bytes = made.limits.shm_bytes;
  for (const engine::Tmpfs& tmpfs : made.tmpfs) bytes += tmpfs.bytes;
  EXPECT_EQ(bytes, made.limits.memory_bytes / 4 * 3);
  EXPECT_EQ(made.tmpfs.front().target, "/tmp");
  EXPECT_EQ(made.tmpfs.front().bytes, made.limits.memory_bytes / 2);
}

TEST(SandboxSpec, GivenTheSameInput_WhenHashed_ThenTheHashIsTheSame) {
  EXPECT_EQ(spec_hash(spec()), spec_hash(spec()));
}

TEST(SandboxSpec, GivenAnythingThatChangesTheContainer_WhenHashed_ThenTheHashDiffers) {
  const std::vector<std::function<void(SandboxSettings&)>> changes = {
      [](SandboxSettings& s) { s.image = "image:2"; },
      [](SandboxSettings& s) { s.guest_build = "other"; },
      [](SandboxSettings& s) { s.runtime = "runsc"; },
      [](SandboxSettings& s) { s.limits.memory_bytes += 1; },
      [](SandboxSettings& s) { s.limits.nano_cpus += 1; },
      [](SandboxSettings& s) { s.limits.pids += 1; },
      [](SandboxSettings& s) { s.limits.open_files += 1; },
      [](SandboxSettings& s) { s.limits.shm_bytes += 1; },
      [](SandboxSettings& s) { s.tmp_bytes += 1U << 20U; },
      [](SandboxSettings& s) { s.network = engine::Network::bridge; },
      [](SandboxSettings& s) { s.skills = "/skills"; }};
  std::set<std::string> hashes = {spec_hash(spec()), spec_hash(spec(settings(), "/moved"))};
  for (const auto& change : changes) {
    SandboxSettings changed = settings();
    change(changed);
    hashes.insert(spec_hash(spec(changed)));
  }
  EXPECT_EQ(hashes.size(), changes.size() + 2);
}

}  // namespace
}  // namespace cus::sandbox
