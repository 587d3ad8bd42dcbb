// SPDX-License-Identifier: Apache-2.0
#pragma once
// Standard input of a job: a bounded queue before the pipe, so that a job that does not read never holds up
// the loop. Whoever sends more waits for room.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "cus/base/event.hpp"
#include "cus/base/fd.hpp"

namespace cus::guest_agent {

class JobInput : public std::enable_shared_from_this<JobInput> {
 public:
  static constexpr std::size_t most_pending = 1U << 20U;

  JobInput(Executor executor, Fd pipe);
  void push(std::string_view bytes);
  // Closes standard input once everything pushed has been written.
  void finish();
  // Closes it now: the job has ended.
  void close();
  bool full() const { return pending_.size() >= most_pending; }
  // Until there is room or the job has ended; at most a second, then ask again.
  Task<> wait_for_room();

 private:
  void write_some();
  static Task<> pump(std::shared_ptr<JobInput> self);

  Executor executor_;
  boost::asio::posix::stream_descriptor pipe_;
  Event room_;
  std::string pending_;
  bool pumping_ = false;
  bool finishing_ = false;
};

}  // namespace cus::guest_agent
