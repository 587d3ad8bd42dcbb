// SPDX-License-Identifier: Apache-2.0
#pragma once
// A byte stream: a TCP or Unix socket, or in tests a pair in memory. One read and one write may be pending at
// once. Every read and write ends by its deadline with Code::timed_out and leaves the stream usable; close()
// ends whatever is pending with Code::cancelled. Belongs to the loop.

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cus/base/clock.hpp"
#include "cus/base/error.hpp"
#include "cus/base/task.hpp"

namespace cus::net {

class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // At least one byte, or 0 when the peer has finished sending.
  virtual Task<Result<std::size_t>> read_some(std::span<char> into, Deadline deadline) = 0;
  // All of `data`, which must stay valid until the task ends.
  virtual Task<Result<>> write(std::string_view data, Deadline deadline) = 0;
  // True when a read would return at once (data, end or error), false at the deadline. Consumes nothing.
  virtual Task<Result<bool>> wait_readable(Deadline deadline) = 0;
  // Ends a pending read or wait_readable with Code::cancelled; the stream stays usable.
  virtual void cancel_reads() {}
  // Whether a read would find the end or an error at once; false while bytes wait before it. Consumes
  // nothing.
  virtual bool peer_closed() { return false; }
  // Half-close: the peer reads to its end, we may still read.
  virtual void shutdown_send() = 0;
  virtual void close() = 0;
  virtual Executor executor() = 0;
};

using StreamPtr = std::unique_ptr<Stream>;

StreamPtr make_stream(boost::asio::ip::tcp::socket socket);
StreamPtr make_stream(boost::asio::local::stream_protocol::socket socket);

// Code::unavailable when nobody listens, Code::timed_out at the deadline.
Task<Result<StreamPtr>> connect_unix(std::string path, Deadline deadline);
Task<Result<StreamPtr>> connect_tcp(boost::asio::ip::tcp::endpoint endpoint, Deadline deadline);

// Moves bytes both ways until both directions have ended, keeping half-closes, or until nothing moved for
// `idle`. One buffer of 32 KiB in flight per direction is the back-pressure. Returns the bytes moved each
// way.
struct Moved {
  std::uint64_t a_to_b = 0;
  std::uint64_t b_to_a = 0;
};
Task<Moved> splice(Stream& a, Stream& b, Clock::duration idle);

}  // namespace cus::net
