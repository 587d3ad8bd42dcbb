// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where supervisors come from. One is always forked ahead of the job it will get, since the fork is the
// dearest part of starting a command.

#include <sys/types.h>

#include <boost/asio/steady_timer.hpp>
#include <expected>

#include "cus/base/clock.hpp"
#include "cus/base/task.hpp"
#include "job_process.hpp"
#include "reaper.hpp"

namespace cus::guest_agent {

struct JobProcess {
  pid_t supervisor = 0;
  Fd channel;  // SupervisorMessage, KillOrder
  JobPipes pipes;
};

class Supervisors {
 public:
  Supervisors(const Executor& executor, Reaper& reaper) : timer_(executor), reaper_(reaper) {}

  // The error is an errno; EAGAIN: the process limit is reached.
  std::expected<JobProcess, int> start(const ExecPlan& plan, JobStreams streams);
  // A job has ended: makes the one ahead once its answer is on its way.
  void prepare();
  // Ends the one ahead and makes no other: the guest is about to end.
  void dismiss();

 private:
  struct Spare {
    pid_t pid = 0;
    Fd channel;
  };
  // 0 or an errno.
  int make_spare();
  void prepare_at(Deadline when);

  boost::asio::steady_timer timer_;
  Reaper& reaper_;
  Spare spare_;
  bool preparing_ = false;
  bool dismissed_ = false;
};

}  // namespace cus::guest_agent
