// SPDX-License-Identifier: Apache-2.0
#include "output_pipe.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "job_process.hpp"

namespace cus::guest_agent {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t chunk_bytes = 64UL * 1024;
constexpr std::size_t busy_bytes = 48UL * 1024;

}  // namespace

OutputPipe::OutputPipe(const Executor& executor, SpoolDirectory& spools, std::string spool_name)
    : pipe_(executor), log_(spools, std::move(spool_name)) {}

void OutputPipe::open(Fd pipe) {
  error_code ignored;
  pipe_.assign(pipe.release(), ignored);
  pipe_.non_blocking(true, ignored);
}

Task<bool> OutputPipe::wait() {
  if (!pipe_.is_open()) co_return false;
  const auto [error] = co_await pipe_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                 asio::as_tuple(asio::use_awaitable));
  co_return !error;
}

void OutputPipe::drain(std::size_t limit) {
  std::array<char, chunk_bytes> chunk;
  for (std::size_t moved = 0; moved < limit && pipe_.is_open();) {
    error_code error;
    const std::size_t got = pipe_.read_some(asio::buffer(chunk.data(), chunk.size()), error);
    if (error == asio::error::would_block) return;
    if (error) {
      close();
      return;
    }
    log_.append({chunk.data(), got});
    moved += got;
    if (got < busy_bytes || large_) continue;
    large_ = true;
    ::fcntl(pipe_.native_handle(), F_SETPIPE_SZ, large_pipe_bytes);
  }
}

void OutputPipe::drain_present() {
  int present = 0;
  if (!pipe_.is_open() || ::ioctl(pipe_.native_handle(), FIONREAD, &present) != 0 || present <= 0) return;
  drain(static_cast<std::size_t>(present));
}

void OutputPipe::close() {
  error_code ignored;
  pipe_.close(ignored);
}

}  // namespace cus::guest_agent
