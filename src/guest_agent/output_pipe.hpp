// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reading end of a job's output and the log it goes to. Always drained, whether or not anybody reads the
// log: a job never waits for a slow reader.

#include <boost/asio/posix/stream_descriptor.hpp>

#include "cus/base/fd.hpp"
#include "cus/base/task.hpp"
#include "output_log.hpp"

namespace cus::guest_agent {

class OutputPipe {
 public:
  OutputPipe(const Executor& executor, SpoolDirectory& spools, std::string spool_name);
  void open(Fd pipe);
  bool is_open() const { return pipe_.is_open(); }
  // Waits for bytes or the end; false when the pipe has been closed.
  Task<bool> wait();
  // Moves what is there, at most about `limit` bytes; closes the pipe at its end.
  void drain(std::size_t limit);
  // Moves what was written before this call, however busy other writers are.
  void drain_present();
  void close();

  OutputLog& log() { return log_; }
  const OutputLog& log() const { return log_; }

 private:
  boost::asio::posix::stream_descriptor pipe_;
  OutputLog log_;
  bool large_ = false;
};

}  // namespace cus::guest_agent
