// SPDX-License-Identifier: Apache-2.0
#include "supervisors.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "supervisor.hpp"
#include "unshared_heap.hpp"

namespace cus::guest_agent {
namespace {

// What sending to a process that was killed says, depending on how far its end has come and on the kernel.
bool is_loss(int error) {
  return error == EPIPE || error == ECONNRESET || error == ECONNREFUSED || error == ENOTCONN;
}

// The fork must not stand in the way of a short command, nor of the answer to it.
constexpr auto pause_after_start = std::chrono::milliseconds(10);
constexpr auto pause_after_end = std::chrono::microseconds(100);

}  // namespace

std::expected<JobProcess, int> Supervisors::start(const ExecPlan& plan, JobStreams streams) {
  // The one ahead may have been killed from inside meanwhile; a second one only by somebody who keeps at it.
  for (bool again : {true, true, false}) {
    if (!spare_.channel) {
      const int error = make_spare();
      if (error != 0) return std::unexpected(error);
    }
    Spare taken = std::exchange(spare_, Spare{});
    auto pipes = hand_over(taken.channel.get(), plan, streams);
    if (pipes) {
      prepare_at(after(pause_after_start));
      return JobProcess{
          .supervisor = taken.pid, .channel = std::move(taken.channel), .pipes = std::move(*pipes)};
    }
    if (!again || !is_loss(pipes.error())) return std::unexpected(pipes.error());
  }
  std::unreachable();
}

int Supervisors::make_spare() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0) return errno;
  Fd ours(fds[0]);
  const Fd theirs(fds[1]);
  leave_heap_out_of_forks();
  const pid_t pid = ::fork();
  if (pid < 0) return errno;
  if (pid == 0) supervise(theirs.get());
  reaper_.add(pid);
  spare_ = {.pid = pid, .channel = std::move(ours)};
  return 0;
}

void Supervisors::prepare() {
  prepare_at(after(pause_after_end));
}

void Supervisors::prepare_at(Deadline when) {
  if (spare_.channel || dismissed_ || (preparing_ && timer_.expiry() <= when)) return;
  preparing_ = true;
  timer_.expires_at(when);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    preparing_ = false;
    // Without one ahead the next job's is forked when it comes.
    if (!spare_.channel && !dismissed_) static_cast<void>(make_spare());
  });
}

void Supervisors::dismiss() {
  dismissed_ = true;
  spare_ = Spare{};
}

}  // namespace cus::guest_agent
