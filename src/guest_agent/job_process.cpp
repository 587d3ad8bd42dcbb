// SPDX-License-Identifier: Apache-2.0
#include "job_process.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "child.hpp"
#include "supervisor_message.hpp"

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

bool send_order(int channel, std::span<const int> fds, bool has_script) {
  RunOrder order{.has_script = has_script};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(most_order_fds * sizeof(int))> control{};
  iovec data{.iov_base = &order, .iov_len = sizeof order};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = CMSG_SPACE(fds.size_bytes());
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(fds.size_bytes());
  std::memcpy(CMSG_DATA(header), fds.data(), fds.size_bytes());
  return ::sendmsg(channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof order;
}

}  // namespace

std::expected<JobPipes, int> hand_over(int channel, const ExecPlan& plan, JobStreams streams) {
  Pipe output;
  Pipe error;
  Pipe input;
  const bool ready =
      make_pipe(output) && (!streams.split || make_pipe(error)) && (!streams.input || make_pipe(input));
  if (!ready) return std::unexpected(errno);
  std::array<int, most_order_fds> fds = {streams.input ? input.read.get() : STDIN_FILENO, output.write.get(),
                                         streams.split ? error.write.get() : output.write.get()};
  std::size_t count = 3;
  const bool has_script = plan.script_fd() >= 0;
  if (has_script) fds.at(count++) = plan.script_fd();
  fds.at(count++) = plan.block_fd();
  if (!send_order(channel, std::span(fds).first(count), has_script)) return std::unexpected(errno);
  return JobPipes{
      .output = std::move(output.read), .error = std::move(error.read), .input = std::move(input.write)};
}

void reserve_low_descriptors() {
  // Standard input is what jobs get for theirs: always empty, whatever the guest was given.
  const int empty = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (empty < 0) return;
  ::dup2(empty, STDIN_FILENO);
  for (int fd = STDOUT_FILENO; fd < rank_fd + 1; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::dup2(empty, fd);
  }
  if (empty >= rank_fd + 1) ::close(empty);
}

}  // namespace cus::guest_agent
