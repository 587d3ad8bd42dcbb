// SPDX-License-Identifier: Apache-2.0
// The profile as the kernel sees it: each call is made by a child that has loaded it.
#include "engine/native/seccomp_program.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <cerrno>
#include <vector>

#include "engine/child.hpp"
#include "engine/samples.hpp"
#include "engine/seccomp/profile.hpp"

namespace cus::engine {
namespace {

struct Call {
  const char* name;
  long number;
  std::array<long, 6> arguments{};
};

std::vector<sock_filter> filter_of(std::string_view profile) {
  const Result<Fd> program = compile_seccomp(profile);
  EXPECT_TRUE(program) << program.error().cause;
  if (!program) return {};
  std::vector<sock_filter> filter(BPF_MAXINSNS);
  const ssize_t got = ::pread(program->get(), filter.data(), filter.size() * sizeof(sock_filter), 0);
  EXPECT_GT(got, 0);
  EXPECT_EQ(static_cast<std::size_t>(got) % sizeof(sock_filter), 0U);
  filter.resize(static_cast<std::size_t>(got) / sizeof(sock_filter));
  return filter;
}

bool load(const sock_fprog& program) {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

int error_of(const Call& call) {
  const auto& a = call.arguments;
  return ::syscall(call.number, a[0], a[1], a[2], a[3], a[4], a[5]) < 0 ? errno : 0;
}

// The errno of each call under the profile, 0 for success; fewer when the child did not live so long.
std::vector<int> errors_under(std::string_view profile, const std::vector<Call>& calls) {
  std::vector<sock_filter> filter = filter_of(profile);
  const sock_fprog program{.len = static_cast<unsigned short>(filter.size()), .filter = filter.data()};
  test::Pipe pipe;
  test::Child child([&] {
    if (!load(program)) ::_exit(1);
    for (const Call& call : calls) {
      const int error = error_of(call);
      if (::write(pipe.write.get(), &error, sizeof error) < 0) ::_exit(1);
    }
  });
  pipe.write.reset();
  std::vector<int> errors;
  for (int error = 0; ::read(pipe.read.get(), &error, sizeof error) == sizeof error;) errors.push_back(error);
  return errors;
}

void expect_each(const std::vector<Call>& calls, int expected) {
  const std::vector<int> errors = errors_under(seccomp_profile_source, calls);
  ASSERT_EQ(errors.size(), calls.size());
  for (std::size_t i = 0; i < calls.size(); ++i) EXPECT_EQ(errors[i], expected) << calls[i].name;
}

long address(const char* text) {
  return reinterpret_cast<long>(text);
}

TEST(SeccompProgram, GivenTheProfile_WhenWhatProgramsNeedIsCalled_ThenItWorks) {
  expect_each({{"getpid", SYS_getpid},
               {"openat", SYS_openat, {AT_FDCWD, address("/dev/null"), O_RDONLY}},
               {"memfd_create", SYS_memfd_create, {address("x")}},
               {"unix socket", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
               {"internet socket", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
               {"route socket", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
               {"unshare nothing", SYS_unshare, {0}},
               {"personality asked", SYS_personality, {0xFFFFFFFFL}},
               {"rt_sigprocmask", SYS_rt_sigprocmask, {SIG_BLOCK, 0, 0, 8}}},
              0);
}

// With arguments that the kernel itself would answer with another error.
TEST(SeccompProgram, GivenTheProfile_WhenTheKernelsRiskyPartsAreCalled_ThenTheyAreNotPermitted) {
  expect_each({{"mount", SYS_mount, {0, 0, 0, 0, 0}},
               {"umount2", SYS_umount2, {0, 0}},
               {"pivot_root", SYS_pivot_root, {0, 0}},
               {"fsopen", SYS_fsopen, {0, 0}},
               {"move_mount", SYS_move_mount, {-1, 0, -1, 0, 0}},
               {"io_uring_setup", SYS_io_uring_setup, {0, 0}},
               {"io_uring_enter", SYS_io_uring_enter, {-1, 0, 0, 0, 0, 0}},
               {"keyctl", SYS_keyctl, {-1}},
               {"add_key", SYS_add_key, {0, 0, 0, 0, 0}},
               {"bpf", SYS_bpf, {-1, 0, 0}},
               {"perf_event_open", SYS_perf_event_open, {0, 0, 0, -1, 0}},
               {"userfaultfd", SYS_userfaultfd, {-1}},
               {"open_by_handle_at", SYS_open_by_handle_at, {-1, 0, 0}},
               {"pidfd_getfd", SYS_pidfd_getfd, {-1, -1, 0}},
               {"finit_module", SYS_finit_module, {-1, 0, 0}},
               {"reboot", SYS_reboot, {0, 0, 0, 0}}},
              EPERM);
}

TEST(SeccompProgram, GivenTheProfile_WhenOtherSocketsAreMade_ThenTheirFamiliesDoNotExist) {
  expect_each({{"AF_ALG", SYS_socket, {AF_ALG, SOCK_SEQPACKET, 0}},
               {"AF_VSOCK", SYS_socket, {AF_VSOCK, SOCK_STREAM, 0}},
               {"AF_PACKET", SYS_socket, {AF_PACKET, SOCK_RAW, 0}},
               {"AF_CAN", SYS_socket, {AF_CAN, SOCK_RAW, 0}}},
              EAFNOSUPPORT);
}

// The kernel takes the family as an int: what is above it must not make the rule miss.
TEST(SeccompProgram, GivenTheProfile_WhenAFamilyHasHighBits_ThenItIsStillRefused) {
  const long high = 1L << 32U;
  const std::vector<int> errors =
      errors_under(seccomp_profile_source, {{"AF_ALG", SYS_socket, {high | AF_ALG, SOCK_SEQPACKET, 0}},
                                            {"AF_VSOCK", SYS_socket, {high | AF_VSOCK, SOCK_STREAM, 0}},
                                            {"AF_NETLINK", SYS_socket, {AF_NETLINK, SOCK_RAW, 12}}});
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_THAT(errors, testing::Each(testing::Ne(0)));
}

TEST(SeccompProgram, GivenTheProfile_WhenWhatItDoesNotNameIsCalled_ThenItDoesNotExist) {
  constexpr long statmount = 457;
  constexpr long from_the_future = 999;
  expect_each({{"a call of a later kernel", from_the_future}, {"statmount", statmount}}, ENOSYS);
}

#ifdef __x86_64__
TEST(SeccompProgram, GivenTheProfile_WhenTheX32CallsAreUsed_ThenTheyDoNotWork) {
  constexpr long x32 = 0x40000000;
  const std::vector<int> errors =
      errors_under(seccomp_profile_source, {{"getpid", SYS_getpid}, {"x32 getpid", x32 | SYS_getpid}});
  ASSERT_GE(errors.size(), 1U);
  EXPECT_EQ(errors[0], 0);
  if (errors.size() == 2) EXPECT_NE(errors[1], 0);
}
#endif

std::string profile_with(std::string_view rule) {
  return R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[)" + std::string(rule) + "]}";
}

TEST(SeccompProgram, GivenADefaultOfItsOwn_WhenCompiled_ThenEachUnnamedCallGetsIt) {
  const std::string profile =
      R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":71,"syscalls":[
          {"names":["write","exit_group"],"action":"SCMP_ACT_ALLOW"}]})";
  EXPECT_THAT(errors_under(profile, {{"getpid", SYS_getpid}}), testing::ElementsAre(EPROTO));
}

TEST(SeccompProgram, GivenARuleWithoutAnErrno_WhenCalled_ThenItIsNotPermitted) {
  const std::string profile = profile_with(R"({"names":["getppid"],"action":"SCMP_ACT_ERRNO"})");
  EXPECT_THAT(errors_under(profile, {{"getppid", SYS_getppid}, {"getpid", SYS_getpid}}),
              testing::ElementsAre(EPERM, 0));
}

TEST(SeccompProgram, GivenConditionsOnOneArgumentTwice_WhenCalled_ThenEitherHolds) {
  const std::string profile = profile_with(
      R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","errnoRet":71,"args":[
          {"index":0,"value":1,"op":"SCMP_CMP_EQ"},{"index":0,"value":2,"op":"SCMP_CMP_EQ"}]})");
  EXPECT_THAT(errors_under(profile, {{"unix", SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
                                     {"internet", SYS_socket, {AF_INET, SOCK_STREAM, 0}},
                                     {"netlink", SYS_socket, {AF_NETLINK, SOCK_RAW, 0}}}),
              testing::ElementsAre(EPROTO, EPROTO, 0));
}

TEST(SeccompProgram, GivenANameOfAnotherKernel_WhenCompiled_ThenItIsLeftOut) {
  const std::string profile = profile_with(
      R"({"names":["no_such_call","getppid"],"action":"SCMP_ACT_ERRNO","errnoRet":71,"args":null})");
  EXPECT_THAT(errors_under(profile, {{"getppid", SYS_getppid}}), testing::ElementsAre(EPROTO));
}

TEST(SeccompProgram, GivenABadProfile_WhenCompiled_ThenItIsAnErrorAndNoFilterWithHoles) {
  for (
      const std::string& bad : std::vector<std::string>{
          "",
          "[]",
          "{}",
          R"({"defaultAction":"SCMP_ACT_ALLOW"})",
          R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":{}})",
          R"({"defaultAction":"SCMP_ACT_LOG","syscalls":[]})",
          R"({"syscalls":[]})",
          profile_with("7"),
          profile_with(R"({"names":["getpid"]})"),
          profile_with(R"({"names":["getpid"],"action":"SCMP_ACT_TRAP"})"),
          profile_with(R"({"names":"getpid","action":"SCMP_ACT_ERRNO"})"),
          profile_with(R"({"names":[7],"action":"SCMP_ACT_ERRNO"})"),
          profile_with(R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":{"index":0}})"),
          profile_with(R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":["x"]})"),
          profile_with(
              R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"value":1,"op":"EQ"}]})"),
          profile_with(
              R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":[{"value":1,"op":"SCMP_CMP_EQ"}]})"),
          profile_with(
              R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":[{"index":0,"op":"SCMP_CMP_EQ"}]})"),
          profile_with(
              R"({"names":["socket"],"action":"SCMP_ACT_ERRNO","args":[{"index":9,"value":1,"op":"SCMP_CMP_EQ"}]})"),
      }) {
    EXPECT_FALSE(compile_seccomp(bad)) << bad;
  }
}

}  // namespace
}  // namespace cus::engine
