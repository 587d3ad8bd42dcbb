// SPDX-License-Identifier: Apache-2.0
#include "job_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "supervisor.hpp"

namespace cus::guest_agent {
namespace {

struct Pipe {
  Fd read;
  Fd write;
};

bool make_pipe(Pipe& pipe) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return false;
  pipe.read = Fd(fds[0]);
  pipe.write = Fd(fds[1]);
  return true;
}

bool make_channel(Fd& ours, Fd& theirs) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()) != 0) return false;
  ours = Fd(fds[0]);
  theirs = Fd(fds[1]);
  return true;
}

}  // namespace

std::expected<JobProcess, int> start_job_process(const ExecPlan& plan, JobStreams streams) {
  Pipe output;
  Pipe error;
  Pipe input;
  JobProcess process;
  Fd channel;
  const bool ready = make_pipe(output) && (!streams.split || make_pipe(error)) &&
                     (!streams.input || make_pipe(input)) && make_channel(process.channel, channel);
  if (!ready) return std::unexpected(errno);
  const SupervisorFds fds{.input = streams.input ? input.read.get() : STDIN_FILENO,
                          .output = output.write.get(),
                          .error = streams.split ? error.write.get() : output.write.get(),
                          .channel = channel.get()};
  const pid_t pid = ::fork();
  if (pid < 0) return std::unexpected(errno);
  if (pid == 0) supervise(plan, fds);
  process.supervisor = pid;
  process.output = std::move(output.read);
  process.error = std::move(error.read);
  process.input = std::move(input.write);
  return process;
}

void reserve_low_descriptors() {
  // Standard input is what jobs get for theirs: always empty, whatever the guest was given.
  const int empty = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (empty < 0) return;
  ::dup2(empty, STDIN_FILENO);
  for (int fd = STDOUT_FILENO; fd < first_free_fd; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::dup2(empty, fd);
  }
  if (empty >= first_free_fd) ::close(empty);
}

}  // namespace cus::guest_agent
