// SPDX-License-Identifier: Apache-2.0
// What this machine offers: bubblewrap has to be installed, as ./check sees to.
#include "engine/native/host.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "engine/child.hpp"
#include "engine/native/process.hpp"
#include "engine/native_samples.hpp"
#include "support/temp_dir.hpp"

namespace cus::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class BwrapVersion : public testing::Test {
 protected:
  BwrapVersion() { test::reap_children_here(); }
  ~BwrapVersion() override { test::reap_what_has_ended(); }
  // Each a file of its own: a shell reads on while it runs.
  std::string script(const std::string& text) {
    const std::string path = dir_ / ("bwrap" + std::to_string(++scripts_));
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path;
  }
  test::TempDir dir_;
  int scripts_ = 0;
};

TEST_F(BwrapVersion, GivenTheInstalledOne_WhenAsked_ThenItIsNewEnough) {
  const Result<std::string> version = bwrap_version(find_bwrap_program(""));
  ASSERT_TRUE(version) << version.error().cause;
  EXPECT_THAT(*version, testing::MatchesRegex("[0-9]+\\.[0-9]+.*"));
}

TEST_F(BwrapVersion, GivenEachVersion_WhenAsked_ThenThoseSinceTheEighthWillDo) {
  for (const char* good : {"0.8", "0.8.0", "0.11.2", "1.0", "0.10.0"})
    EXPECT_EQ(bwrap_version(script("echo bubblewrap " + std::string(good))).value_or("none"), good);
  for (const char* bad : {"0.4.0", "0.7.9", "0", "x"}) {
    const Result<std::string> version = bwrap_version(script("echo bubblewrap " + std::string(bad)));
    ASSERT_EQ(test::code_of(version), Code::engine_unavailable) << bad;
    EXPECT_THAT(version.error().message, testing::HasSubstr("0.8")) << bad;
    EXPECT_THAT(version.error().message, testing::HasSubstr("NATIVE_BWRAP")) << bad;
  }
}

TEST_F(BwrapVersion, GivenAnotherProgram_WhenAsked_ThenTheErrorSaysWhatToInstall) {
  for (const char* text : {"echo coreutils 9.1", "exit 1", "echo >&2 x", "printf '\\377\\n'"}) {
    const Result<std::string> version = bwrap_version(script(text));
    ASSERT_EQ(test::code_of(version), Code::engine_unavailable) << text;
    EXPECT_THAT(version.error().message, testing::HasSubstr("apt-get install bubblewrap")) << text;
  }
}

TEST_F(BwrapVersion, GivenNoProgram_WhenAsked_ThenTheErrorSaysWhatToInstall) {
  for (const std::string& path : {std::string(), dir_ / "none", dir_.path()}) {
    const Result<std::string> version = bwrap_version(path);
    ASSERT_EQ(test::code_of(version), Code::engine_unavailable) << path;
    EXPECT_THAT(version.error().message, testing::HasSubstr("apt-get install bubblewrap")) << path;
  }
}

TEST_F(BwrapVersion, GivenAProgramThatHangs_WhenAsked_ThenTheAnswerComesInTimeAndTheProgramEnds) {
  const std::string program = script("echo $$ > " + (dir_ / "pid") + "\nexec tail -f /dev/null");
  const auto before = steady_clock::now();
  EXPECT_EQ(test::code_of(bwrap_version(program)), Code::engine_unavailable);
  EXPECT_LT(steady_clock::now() - before, milliseconds(2'500));
  pid_t pid = 0;
  std::ifstream(dir_ / "pid") >> pid;
  ASSERT_GT(pid, 1);
  const auto process = identify(pid);
  if (!process) return;
  const Result<Fd> handle = open_process(*process);
  EXPECT_TRUE(!handle || wait_for_end(handle->get(), milliseconds(10'000))) << "it is left behind";
}

TEST_F(BwrapVersion, GivenAProgramThatNeverEndsItsOutput_WhenAsked_ThenItsFirstLineCounts) {
  EXPECT_EQ(bwrap_version(script("echo bubblewrap 0.9.0; exec yes x")).value_or("none"), "0.9.0");
}

TEST(FindBwrap, GivenAPath_WhenItCannotBeRun_ThenNoOtherIsTaken) {
  const test::TempDir dir;
  std::ofstream(dir / "plain") << "x";
  EXPECT_EQ(find_bwrap_program(dir / "plain"), "");
  EXPECT_EQ(find_bwrap_program(dir / "none"), "");
  EXPECT_EQ(find_bwrap_program(test::real_bwrap), test::real_bwrap);
  EXPECT_NE(find_bwrap_program(""), "");
}

TEST(HostWarnings, GivenNoControlGroups_WhenAsked_ThenEachLimitThatDoesNotHoldIsNamed) {
  const test::TempDir dir;
  const auto warnings = host_warnings(Cgroups::discover(dir.path()));
  for (const char* controller : {"memory", "cpu", "pids"}) {
    EXPECT_THAT(warnings, testing::Contains(
                              testing::AllOf(testing::HasSubstr("The " + std::string(controller) + " limit"),
                                             testing::HasSubstr("Delegate=yes"))));
  }
}

TEST(HostWarnings, GivenAnOrdinaryUser_WhenAsked_ThenItIsToldThatAllSandboxesAreThatUser) {
  const test::TempDir dir;
  const auto warnings = host_warnings(Cgroups::discover(dir.path()));
  const auto told = testing::Contains(testing::HasSubstr("Not root"));
  if (test::is_root()) {
    EXPECT_THAT(warnings, testing::Not(told));
  } else {
    EXPECT_THAT(warnings, told);
  }
}

}  // namespace
}  // namespace cus::engine
