// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "engine/native/launcher.hpp"
#include "engine/samples.hpp"

namespace cus::engine {
namespace {

struct Case {
  const char* said;
  Code code;
  const char* remedy;
};

TEST(LaunchFailure, GivenWhatBubblewrapSays_WhenExplained_ThenEachHasACodeAndARemedy) {
  for (const Case& one : {
           Case{"cannot run bubblewrap", Code::engine_unavailable, "apt-get install bubblewrap"},
           Case{"cannot change the user", Code::forbidden, "SANDBOX_UID_BASE"},
           Case{"cannot join the control group", Code::engine_refused, "/sys/fs/cgroup"},
           Case{"bwrap: Unknown option --clearenv\n", Code::engine_unavailable, "0.8"},
           Case{"bwrap: Creating new namespace failed: No space left on device", Code::forbidden,
                "user.max_user_namespaces"},
           Case{"bwrap: No permissions to creating new namespace, likely because the kernel does not allow "
                "non-privileged user namespaces.",
                Code::forbidden, "kernel.unprivileged_userns_clone=1"},
           Case{"bwrap: No permissions to create a new namespace", Code::forbidden, "ENGINE=docker"},
           Case{"bwrap: Creating new namespace failed: Operation not permitted", Code::forbidden, "AppArmor"},
           Case{"bwrap: setting up uid map: Permission denied", Code::forbidden,
                "kernel.apparmor_restrict_unprivileged_userns"},
           Case{"bwrap: Can't find source path /data/x: Permission denied", Code::io, "chmod o+x"},
           Case{"bwrap: Can't mkdir /mnt/skills: Read-only file system", Code::image_missing, "image build"},
           Case{"bwrap: something new", Code::engine_refused, "log"},
           Case{"", Code::engine_refused, "log"},
       }) {
    const Error error = explain_launch_failure(one.said);
    EXPECT_EQ(error.code, one.code) << one.said;
    EXPECT_THAT(error.message, testing::HasSubstr(one.remedy)) << one.said;
    EXPECT_FALSE(error.cause.empty()) << one.said;
  }
}

TEST(LaunchFailure, GivenPathsInWhatItSays_WhenExplained_ThenTheyAreInTheCauseAndNotInTheMessage) {
  const Error error = explain_launch_failure("bwrap: Can't find source path /data/secret: No such file");
  EXPECT_THAT(error.cause, testing::HasSubstr("/data/secret"));
  EXPECT_THAT(error.message, testing::Not(testing::HasSubstr("/data/secret")));
}

TEST(LaunchFailure, GivenEndlessWords_WhenExplained_ThenTheCauseIsShort) {
  EXPECT_LE(explain_launch_failure(std::string(100'000, 'x')).cause.size(), 500U);
}

}  // namespace
}  // namespace cus::engine
