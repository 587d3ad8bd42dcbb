// SPDX-License-Identifier: Apache-2.0
#include "supervisor.hpp"

#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigprocmask() is POSIX
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep() is POSIX
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>

#include "child.hpp"
#include "process_tree.hpp"
#include "supervisor_message.hpp"

namespace cus::guest_agent {
namespace {

constexpr int kill_pause_ms = 5;
constexpr int settle_pause_ms = 3;
constexpr int settle_turns = 10;
constexpr int fork_tries = 75;
constexpr int fork_pause_ms = 20;

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

class Supervisor {
 public:
  explicit Supervisor(pid_t shell) : shell_(shell) {}

  [[noreturn]] void run() {
    sigset_t while_waiting;
    ::sigfillset(&while_waiting);
    ::sigdelset(&while_waiting, SIGCHLD);
    for (;;) {
      reap();
      if (shell_ended_ && !reported_ && !nobody_left_ && phase_ == Phase::watching) settle();
      if (!reported_ && shell_ended_ && (nobody_left_ || phase_ == Phase::watching)) report_end();
      if (nobody_left_) ::_exit(0);
      advance();
      pollfd channel{.fd = channel_fd, .events = POLLIN, .revents = 0};
      const int wait_ms = wait();
      const timespec pause{.tv_sec = wait_ms / 1000, .tv_nsec = wait_ms % 1000 * 1'000'000L};
      if (::ppoll(&channel, 1, wait_ms < 0 ? nullptr : &pause, &while_waiting) > 0) read_order();
    }
  }

 private:
  enum class Phase : std::uint8_t { watching, asking, killing };

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG | __WALL);
      if (pid < 0 && errno == EINTR) continue;
      if (pid <= 0) {
        nobody_left_ = pid < 0;
        return;
      }
      if (pid != shell_) continue;
      shell_ended_ = true;
      status_ = status;
    }
  }

  // What is about to exit, or to exec, gets a moment: the former is no leftover, the latter has a name then.
  void settle() {
    for (int i = 0; i < settle_turns && !nobody_left_; ++i) {
      const timespec pause{.tv_sec = 0, .tv_nsec = settle_pause_ms * 1'000'000L};
      ::nanosleep(&pause, nullptr);
      reap();
      const std::size_t known = descendants_of(::getpid(), std::span(pids_).first(guest::max_leftovers));
      if (std::none_of(pids_.begin(), pids_.begin() + known, only_forked)) return;
    }
  }

  void report_end() {
    SupervisorMessage message;
    message.kind = SupervisorMessage::Kind::ended;
    message.value = status_;
    if (!nobody_left_) name_leftovers(message);
    send_to_guest(message);
    reported_ = true;
  }

  void name_leftovers(SupervisorMessage& message) {
    const std::size_t known = descendants_of(::getpid(), std::span(pids_).first(message.leftovers.size()));
    for (std::size_t i = 0; i < known; ++i) {
      SupervisorMessage::Leftover& leftover = message.leftovers.at(message.leftover_count);
      process_name(pids_[i], leftover.name);
      if (leftover.name[0] == '\0') continue;
      leftover.pid = pids_[i];
      ++message.leftover_count;
    }
  }

  void read_order() {
    KillOrder order;
    const ssize_t got = ::recv(channel_fd, &order, sizeof order, MSG_DONTWAIT);
    if (got < 0) return;
    if (got == 0) {  // the guest is gone, and with it whoever wanted the job
      phase_ = Phase::killing;
      return;
    }
    if (got != sizeof order || phase_ == Phase::killing) return;
    if (phase_ == Phase::watching) {
      const pid_t self = ::getpid();
      signal_descendants(self, SIGTERM, pids_);
      signal_descendants(self, SIGCONT, pids_);
    }
    const std::int64_t deadline = now_ms() + order.grace_ms;
    kill_at_ = phase_ == Phase::asking ? std::min(kill_at_, deadline) : deadline;
    phase_ = Phase::asking;
  }

  void advance() {
    if (phase_ == Phase::asking && now_ms() >= kill_at_) phase_ = Phase::killing;
    if (phase_ != Phase::killing) return;
    // Stopped first, a tree cannot grow faster than it is killed.
    const pid_t self = ::getpid();
    signal_descendants(self, SIGSTOP, pids_);
    signal_descendants(self, SIGKILL, pids_);
  }

  int wait() const {
    if (phase_ == Phase::watching) return -1;
    if (phase_ == Phase::killing) return kill_pause_ms;
    return static_cast<int>(std::max<std::int64_t>(kill_at_ - now_ms(), 0));
  }

  pid_t shell_;
  Phase phase_ = Phase::watching;
  std::int64_t kill_at_ = 0;
  int status_ = 0;
  bool shell_ended_ = false;
  bool nobody_left_ = false;
  bool reported_ = false;
  std::array<pid_t, 4096> pids_;
};

// The job's descriptors and its plan. False when the guest is gone, or has no work any more.
bool receive_order(Plan& plan) {
  RunOrder order;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_order_fds * sizeof(int))> control{};
  iovec data{.iov_base = &order, .iov_len = sizeof order};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t got = ::recvmsg(channel_fd, &message, 0);
  const cmsghdr* const fds = CMSG_FIRSTHDR(&message);
  if (got != sizeof order || fds == nullptr || fds->cmsg_type != SCM_RIGHTS) return false;
  const std::size_t count = order.has_script ? most_order_fds : most_order_fds - 1;
  if (fds->cmsg_len != CMSG_LEN(count * sizeof(int))) return false;
  int plan_fd = -1;
  std::memcpy(&plan_fd, CMSG_DATA(fds) + (count - 1) * sizeof(int), sizeof plan_fd);
  const bool ready = map_plan_block(plan_fd, plan) && note_begun(plan_fd);
  ::close(plan_fd);
  return ready;
}

// The child borrows this process's memory until it execs: no page is copied.
pid_t start_child(const Plan& plan) {
  // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork,bugprone-unsafe-functions):
  // a fork costs half a call, and the child makes system calls only
  const pid_t pid = ::vfork();
  if (pid == 0) become_command(plan);
  // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork,bugprone-unsafe-functions)
  return pid;
}

// At the process limit the guest ends what ended jobs left running, which takes a moment.
pid_t start_command(const Plan& plan) {
  for (int tried = 0;; ++tried) {
    const pid_t pid = start_child(plan);
    if (pid >= 0 || errno != EAGAIN || tried == fork_tries) return pid;
    if (tried == 0) {
      SupervisorMessage message;
      message.kind = SupervisorMessage::Kind::no_room;
      send_to_guest(message);
    }
    const timespec pause{.tv_sec = 0, .tv_nsec = fork_pause_ms * 1'000'000L};
    ::nanosleep(&pause, nullptr);
  }
}

}  // namespace

void supervise(int channel) {
  prepare_descriptors(channel);
  prepare_signals();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  ::umask(022);
  Plan plan;
  if (!receive_order(plan)) ::_exit(0);
  const pid_t shell = start_command(plan);
  const int fork_error = shell < 0 ? errno : 0;
  // The job's ends of the pipes belong to the job alone.
  for (int fd = 0; fd <= script_fd; ++fd) ::close(fd);
  take_supervisor_rank();
  if (shell < 0) {
    SupervisorMessage message;
    message.kind = SupervisorMessage::Kind::failed;
    message.stage = SupervisorMessage::Stage::fork;
    message.value = fork_error;
    send_to_guest(message);
  }
  Supervisor(shell).run();
}

}  // namespace cus::guest_agent
