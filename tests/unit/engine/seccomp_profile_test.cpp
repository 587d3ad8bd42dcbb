// SPDX-License-Identifier: Apache-2.0
#include "engine/seccomp/profile.hpp"

#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "cus/base/json.hpp"
#include "engine/docker/create_body.hpp"

namespace cus::engine {
namespace {

constexpr int eperm = 1;
constexpr int enosys = 38;

struct Rules {
  std::set<std::string> allowed;      // without a condition
  std::map<std::string, int> denied;  // without a condition, with their errno
  std::vector<Json> socket;
};

Rules rules() {
  Rules out;
  const Json profile = parse_json(seccomp_profile_source).value();
  for (const Json& rule : profile["syscalls"]) {
    for (const Json& name : rule["names"]) {
      if (rule.contains("args")) {
        if (name == "socket") out.socket.push_back(rule);
      } else if (rule["action"] == "SCMP_ACT_ALLOW") {
        out.allowed.insert(name.get<std::string>());
      } else {
        out.denied[name.get<std::string>()] = rule["errnoRet"].get<int>();
      }
    }
  }
  return out;
}

TEST(SeccompProfile, GivenTheProfile_WhenRead_ThenWhatItDoesNotNameDoesNotExist) {
  const Json profile = parse_json(seccomp_profile_source).value();
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_ERRNO");
  EXPECT_EQ(profile["defaultErrnoRet"], enosys);
}

// Rules on arguments of socket() do not hold for the 32-bit calls, where socketcall hides them.
TEST(SeccompProfile, GivenTheArchitectures_WhenRead_ThenNone32BitIsAmongThem) {
  const Json profile = parse_json(seccomp_profile_source).value();
  std::set<std::string> names;
  for (const Json& arch : profile["archMap"]) {
    names.insert(arch["architecture"].get<std::string>());
    EXPECT_TRUE(arch["subArchitectures"].empty());
  }
  EXPECT_EQ(names, (std::set<std::string>{"SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64"}));
  EXPECT_FALSE(rules().allowed.contains("socketcall"));
}

TEST(SeccompProfile, GivenTheKernelsRiskyParts_WhenRead_ThenEachIsRefusedByName) {
  const Rules all = rules();
  for (const auto* name : {"mount",
                           "umount2",
                           "pivot_root",
                           "move_mount",
                           "open_tree",
                           "fsopen",
                           "fsconfig",
                           "fsmount",
                           "fspick",
                           "mount_setattr",
                           "bpf",
                           "keyctl",
                           "add_key",
                           "request_key",
                           "io_uring_setup",
                           "io_uring_enter",
                           "io_uring_register",
                           "perf_event_open",
                           "userfaultfd",
                           "kexec_load",
                           "kexec_file_load",
                           "init_module",
                           "finit_module",
                           "delete_module",
                           "open_by_handle_at",
                           "reboot",
                           "swapon",
                           "swapoff",
                           "settimeofday",
                           "clock_settime",
                           "acct",
                           "quotactl",
                           "nfsservctl",
                           "lookup_dcookie",
                           "move_pages",
                           "fanotify_init"}) {
    EXPECT_FALSE(all.allowed.contains(name)) << name;
    ASSERT_TRUE(all.denied.contains(name)) << name;
    EXPECT_EQ(all.denied.at(name), eperm) << name;
  }
}

TEST(SeccompProfile, GivenWhatProgramsAndABrowsersSandboxNeed_WhenRead_ThenItIsAllowed) {
  const Rules all = rules();
  for (const auto* name : {"read", "execve", "clone", "clone3", "unshare", "setns", "chroot", "futex",
                           "ptrace", "seccomp", "epoll_wait", "memfd_create", "rseq", "statx", "close_range",
                           "pidfd_open", "io_setup", "landlock_restrict_self"}) {
    EXPECT_TRUE(all.allowed.contains(name)) << name;
  }
  for (const auto& [name, error] : all.denied) EXPECT_FALSE(all.allowed.contains(name)) << name;
}

TEST(SeccompProfile, GivenSocketFamilies_WhenRead_ThenOnlyUnixInternetAndPlainNetlinkExist) {
  std::set<int> allowed;
  for (const Json& rule : rules().socket) {
    const Json& family = rule["args"][0];
    EXPECT_EQ(family["index"], 0);
    EXPECT_EQ(family["op"], "SCMP_CMP_EQ");  // "not equal" would pass with a high bit set
    if (rule["action"] != "SCMP_ACT_ALLOW") continue;
    allowed.insert(family["value"].get<int>());
    if (family["value"] == 16) EXPECT_EQ(rule["args"].size(), 2U);  // netlink: by protocol
  }
  EXPECT_EQ(allowed, (std::set{1, 2, 10, 16}));
}

TEST(SeccompProfile, GivenTheCompactForm_WhenCompared_ThenOnlyTheCommentsAreGone) {
  Json expected = parse_json(seccomp_profile_source).value();
  for (Json& rule : expected["syscalls"]) rule.erase("comment");
  EXPECT_EQ(parse_json(compact_seccomp_profile()).value(), expected);
}

}  // namespace
}  // namespace cus::engine
