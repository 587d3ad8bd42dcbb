// SPDX-License-Identifier: Apache-2.0
#pragma once
// The duties of PID 1. Supervisors are the guest's only children of its own; whatever else appears was
// theirs, and outlived a supervisor that was killed from inside: such strays are killed and reaped.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <unordered_set>

#include "cus/base/task.hpp"

namespace cus::guest_agent {

class Reaper : public std::enable_shared_from_this<Reaper> {
 public:
  // Blocks the signals it listens to; `terminate` is called for SIGTERM and SIGINT.
  Reaper(Executor executor, std::function<void()> terminate);
  void start();
  void add(pid_t supervisor) { supervisors_.insert(supervisor); }
  // A supervisor that does not do as told (it may have been stopped from inside): ends it and all below it.
  void destroy(pid_t supervisor);
  // Ends all that is left, for the guest's own end.
  void destroy_all();
  bool idle() const { return supervisors_.empty(); }

 private:
  static Task<> listen(std::shared_ptr<Reaper> self);
  static Task<> look_again(std::shared_ptr<Reaper> self);
  void reap();
  // Kills every child that is no supervisor; true when there was one.
  bool kill_strays();

  Executor executor_;
  std::function<void()> terminate_;
  boost::asio::posix::stream_descriptor signals_;
  std::unordered_set<pid_t> supervisors_;
  bool hunting_ = false;
};

}  // namespace cus::guest_agent
