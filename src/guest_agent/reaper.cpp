// SPDX-License-Identifier: Apache-2.0
#include "reaper.hpp"

#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigprocmask() is POSIX
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <vector>

#include "cus/base/event.hpp"
#include "launch.hpp"
#include "process_tree.hpp"

namespace cus::guest_agent {
namespace {

namespace asio = boost::asio;

constexpr std::size_t most_processes = 4096;
constexpr auto hunting_pause = std::chrono::milliseconds(20);

// The engine asks from outside the sandbox, where a sender has no process id in here; code inside may ask in
// vain.
bool asks_to_leave(const signalfd_siginfo& info) {
  return info.ssi_signo != SIGCHLD && (info.ssi_pid == 0 || ::getpid() != 1);
}

int open_signals() {
  for (const int ignored : {SIGPIPE, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTTIN, SIGTTOU, SIGTSTP}) {
    ::signal(ignored, SIG_IGN);
  }
  sigset_t wanted;
  ::sigemptyset(&wanted);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT}) ::sigaddset(&wanted, signal);
  ::sigprocmask(SIG_BLOCK, &wanted, nullptr);
  return ::signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
}

}  // namespace

Reaper::Reaper(Executor executor, std::function<void()> terminate)
    : executor_(std::move(executor)), terminate_(std::move(terminate)), signals_(executor_, open_signals()) {}

void Reaper::start() {
  launch(executor_, listen(shared_from_this()));
}

Task<> Reaper::listen(std::shared_ptr<Reaper> self) {
  for (;;) {
    const auto [error] = co_await self->signals_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                            asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    std::array<signalfd_siginfo, 8> infos{};
    bool leave = false;
    ssize_t got = 0;
    while ((got = ::read(self->signals_.native_handle(), infos.data(), sizeof infos)) > 0) {
      const std::size_t count = static_cast<std::size_t>(got) / sizeof infos[0];
      for (std::size_t i = 0; i < count; ++i) leave = leave || asks_to_leave(infos.at(i));
    }
    self->reap();
    if (leave) self->terminate_();
  }
}

void Reaper::reap() {
  bool lost = false;
  int status = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &status, WNOHANG | __WALL)) > 0) {
    if (supervisors_.erase(pid) > 0) lost = lost || status != 0;
  }
  if (!lost || hunting_ || !kill_strays()) return;
  hunting_ = true;
  launch(executor_, look_again(shared_from_this()));
}

Task<> Reaper::look_again(std::shared_ptr<Reaper> self) {
  do {
    co_await sleep_until(after(hunting_pause));
    self->reap();
  } while (self->kill_strays());
  self->hunting_ = false;
}

bool Reaper::kill_strays() {
  std::vector<pid_t> pids(most_processes);
  pids.resize(children_of(::getpid(), pids));
  bool found = false;
  for (const pid_t pid : pids) {
    if (supervisors_.contains(pid)) continue;
    found = true;
    // What hangs below it would be the next stray.
    std::vector<pid_t> below(most_processes);
    signal_descendants(pid, SIGKILL, below);
    ::kill(pid, SIGKILL);
  }
  return found;
}

void Reaper::destroy(pid_t supervisor) {
  if (!supervisors_.contains(supervisor)) return;
  std::vector<pid_t> below(most_processes);
  signal_descendants(supervisor, SIGSTOP, below);
  signal_descendants(supervisor, SIGKILL, below);
  ::kill(supervisor, SIGKILL);
}

void Reaper::destroy_all() {
  if (::getpid() == 1) {
    ::kill(-1, SIGKILL);
    return;
  }
  for (const pid_t supervisor : std::vector<pid_t>(supervisors_.begin(), supervisors_.end()))
    destroy(supervisor);
}

}  // namespace cus::guest_agent
