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

namespace cus::guest_agent {
namespace {

constexpr int script_fd = 3;
constexpr int job_out_of_memory_rank = 500;

void close_from(unsigned first) {
  if (::syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (unsigned fd = first; fd < limit.rlim_cur; ++fd) ::close(static_cast<int>(fd));
}

// By system call: the library refuses to touch the two signals it keeps for its threads, which whoever
// started the guest may have had ignored.
void reset_signals() {
  constexpr std::array<unsigned long, 8> as_by_default{};
  for (int signal = 1; signal < NSIG; ++signal) {
    ::syscall(SYS_rt_sigaction, signal, as_by_default.data(), nullptr, sizeof(std::uint64_t));
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
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

void place_descriptors(const ExecPlan& plan, SupervisorFds fds) {
  ::dup2(fds.input, STDIN_FILENO);
  ::dup2(fds.output, STDOUT_FILENO);
  ::dup2(fds.error, STDERR_FILENO);
  if (plan.script_fd() >= 0) {
    ::dup2(plan.script_fd(), script_fd);
  } else {
    ::close(script_fd);
  }
  ::dup3(fds.channel, channel_fd, O_CLOEXEC);
  close_from(channel_fd + 1);
}

void set_dumpable(bool dumpable) {
  ::prctl(PR_SET_DUMPABLE, dumpable ? 1 : 0, 0, 0, 0);
}

void set_out_of_memory_rank(int rank) {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  const std::array<char, 3> digits = {static_cast<char>('0' + rank / 100),
                                      static_cast<char>('0' + rank / 10 % 10),
                                      static_cast<char>('0' + rank % 10)};
  // A lower rank than wished for is no reason not to run the command.
  [[maybe_unused]] const ssize_t written = ::write(fd, digits.data(), digits.size());
  ::close(fd);
}

void send_to_guest(const SupervisorMessage& message) {
  ::send(channel_fd, &message, sizeof message, MSG_NOSIGNAL);
}

void become_command(const ExecPlan& plan) {
  ::setsid();
  set_dumpable(true);
  set_out_of_memory_rank(job_out_of_memory_rank);
  ::umask(022);
  if (::chdir(plan.cwd()) != 0) fail_to_start(SupervisorMessage::Stage::chdir, errno);
  reset_signals();
  int error = ENOENT;
  for (const char* const* candidate = plan.candidates(); *candidate != nullptr; ++candidate) {
    ::execve(*candidate, plan.argv(), plan.envp());
    // As a shell does: a file that may not be run is remembered, the search goes on.
    if (errno != ENOENT && errno != ENOTDIR) error = errno;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
  }
  fail_to_start(SupervisorMessage::Stage::exec, error);
}

}  // namespace cus::guest_agent
