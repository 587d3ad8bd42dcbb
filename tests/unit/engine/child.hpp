// SPDX-License-Identifier: Apache-2.0
#pragma once
// A process of the test's own, killed and reaped with it. What it runs may only make system calls: the other
// threads of the test are not there.

#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "cus/base/fd.hpp"

namespace cus::test {

// An engine that lived in this process has left reaping to the kernel.
inline void reap_children_here() {
  ::signal(SIGCHLD, SIG_DFL);
}

// Those that nobody waits for: bubblewraps, and scripts in their place.
inline void reap_what_has_ended() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

class Child {
 public:
  template <class Body>
  explicit Child(Body body) {
    reap_children_here();
    pid_ = ::fork();
    if (pid_ == 0) {
      body();
      ::_exit(0);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }

  pid_t pid() const { return pid_; }
  void signal(int number) const { ::kill(pid_, number); }
  // Until it has stopped, goes on again, or has ended and is a zombie; as `event` says (waitid(2)).
  bool await(int event) const {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, event | WNOWAIT) == 0;
  }
  // Its wait status.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_ = -1;
};

// Or until a test that went wrong has left it behind for a minute.
[[noreturn]] inline void wait_for_ever() {
  ::alarm(60);
  for (;;) ::pause();
}

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{-1, -1};
    if (::pipe(fds.data()) == 0) {
      read = Fd(fds[0]);
      write = Fd(fds[1]);
    }
  }
  Fd read;
  Fd write;
};

}  // namespace cus::test
