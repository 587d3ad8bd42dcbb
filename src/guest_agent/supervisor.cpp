// SPDX-License-Identifier: Apache-2.0
#include "supervisor.hpp"

#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigaction() is POSIX
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep() is POSIX
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>

#include "child.hpp"
#include "process_tree.hpp"
#include "supervisor_message.hpp"

namespace cus::guest_agent {
namespace {

constexpr int supervisor_out_of_memory_rank = 200;
constexpr int kill_pause_ms = 5;
constexpr int settle_pause_ms = 3;
constexpr int settle_turns = 10;
constexpr int fork_tries = 75;
constexpr int fork_pause_ms = 20;

void do_nothing(int) {}

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

// SIGCHLD must interrupt ppoll and nothing else may arrive: a job may signal its supervisor as it likes.
void block_signals() {
  struct sigaction action{};
  action.sa_handler = do_nothing;
  ::sigaction(SIGCHLD, &action, nullptr);
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
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
      if (nobody_left_) leave();
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

  [[noreturn]] static void leave() {
    SupervisorMessage message;
    message.kind = SupervisorMessage::Kind::gone;
    send_to_guest(message);
    ::_exit(0);
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

// At the process limit the guest ends what ended jobs left running, which takes a moment.
pid_t fork_command() {
  for (int tried = 0;; ++tried) {
    const pid_t pid = ::fork();
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

void supervise(const ExecPlan& plan, SupervisorFds fds) {
  place_descriptors(plan, fds);
  block_signals();
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  set_dumpable(true);
  set_out_of_memory_rank(supervisor_out_of_memory_rank);
  set_dumpable(false);
  const pid_t shell = fork_command();
  if (shell == 0) become_command(plan);
  const int fork_error = shell < 0 ? errno : 0;
  // The job's ends of the pipes belong to the job alone.
  for (int fd = 0; fd < channel_fd; ++fd) ::close(fd);
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
