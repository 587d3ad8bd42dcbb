// SPDX-License-Identifier: Apache-2.0
#include "child.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction() is POSIX
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <string_view>

namespace cus::guest_agent {
namespace {

constexpr std::string_view command_rank = "500";
constexpr std::string_view supervisor_rank = "200";

void do_nothing(int) {}

void close_from(unsigned first) {
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (unsigned fd = first; fd < limit.rlim_cur; ++fd) ::close(static_cast<int>(fd));
}

// A lower rank than wished for is no reason not to run the command.
void set_rank(std::string_view rank) {
  [[maybe_unused]] const ssize_t written = ::write(rank_fd, rank.data(), rank.size());
}

[[noreturn]] void fail_to_start(SupervisorMessage::Stage stage, int error) {
  SupervisorMessage message;
  message.kind = SupervisorMessage::Kind::failed;
  message.stage = stage;
  message.value = error;
  send_to_guest(message);
  ::_exit(127);
}

}  // namespace

void prepare_descriptors(int channel) {
  ::dup3(channel, channel_fd, O_CLOEXEC);
  // A process must be dumpable to open its own rank. Nothing of the guest's can be read here: the token's
  // memory is not in a fork.
  ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  const int rank = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (rank >= 0) ::dup3(rank, rank_fd, O_CLOEXEC);
  set_rank(command_rank);
  close_from(rank_fd + 1);
  for (int fd = 0; fd <= script_fd; ++fd) ::close(fd);
}

void take_supervisor_rank() {
  set_rank(supervisor_rank);
  ::close(rank_fd);
}

// By system call: the library refuses to touch the two signals it keeps for its threads, which whoever
// started the guest may have had ignored.
void prepare_signals() {
  constexpr std::array<unsigned long, 8> as_by_default{};
  for (int signal = 1; signal < NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, as_by_default.data(), nullptr, sizeof(std::uint64_t));
  }
  struct sigaction action{};
  action.sa_handler = do_nothing;
  ::sigaction(SIGCHLD, &action, nullptr);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
}

void send_to_guest(const SupervisorMessage& message) {
  ::send(channel_fd, &message, sizeof message, MSG_NOSIGNAL);
}

void become_command(const Plan& plan) {
  ::setsid();
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(plan.cwd) != 0) fail_to_start(SupervisorMessage::Stage::chdir, errno);
  int error = ENOENT;
  for (const char* const* candidate = plan.candidates; *candidate != nullptr; ++candidate) {
    ::execve(*candidate, plan.argv, plan.envp);
    // As a shell does: a file that may not be run is remembered, the search goes on.
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  fail_to_start(SupervisorMessage::Stage::exec, error);
}

}  // namespace cus::guest_agent
