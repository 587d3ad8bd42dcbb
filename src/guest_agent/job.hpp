// SPDX-License-Identifier: Apache-2.0
#pragma once
// One command from its start to its end and beyond: it goes on whether or not a server is attached, its
// output is kept, and what it left running can still be ended. Owned by the table and by its own tasks until
// its tree is gone.

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cus/base/event.hpp"
#include "cus/guest/job.hpp"
#include "exec_plan.hpp"
#include "job_input.hpp"
#include "oom_counter.hpp"
#include "output_pipe.hpp"
#include "reaper.hpp"
#include "supervisor_message.hpp"
#include "supervisors.hpp"

namespace cus::guest_agent {

// What every job of a guest shares. All of it outlives the jobs.
struct JobHost {
  Executor executor;
  SpoolDirectory& spools;
  Reaper& reaper;
  Supervisors& supervisors;
  const OomCounter& oom;
  std::function<void()> make_room;  // the process limit is reached
  std::function<void()> job_ended;
};

class Job : public std::enable_shared_from_this<Job> {
 public:
  Job(const JobHost& host, JobId id, bool split);

  // Hands the command to a supervisor; returns 0 or an errno.
  int start(ExecPlan& plan, bool keep_stdin_open, std::chrono::milliseconds timeout);

  // It could not be started at all.
  void give_up(const std::string& why);

  const JobId& id() const { return id_; }
  bool split() const { return split_; }
  bool ended() const { return ended_; }
  // Whether anything of it may still run.
  bool tree_alive() const { return process_ != 0; }
  // Valid once ended.
  const guest::JobEnd& end() const { return end_; }
  OutputLog& log(guest::Channel channel);
  std::uint64_t total() const;
  // Null when standard input is empty or has been closed.
  JobInput* input() { return ended_ ? nullptr : input_.get(); }

  // SIGTERM to the whole tree, SIGKILL after the grace; returns at once.
  void kill(const std::string& why, std::chrono::milliseconds grace);
  // True when the whole tree is gone by the deadline.
  Task<bool> wait_until_gone(Deadline deadline);
  // Watchers are set whenever there is output or the end.
  void watch(Event& watcher) { watchers_.push_back(&watcher); }
  void unwatch(Event& watcher) { std::erase(watchers_, &watcher); }

 private:
  static Task<> drain(std::shared_ptr<Job> job, OutputPipe& pipe);
  static Task<> follow_supervisor(std::shared_ptr<Job> job);
  static Task<> limit_time(std::shared_ptr<Job> job, Deadline deadline);
  static Task<> insist_on_death(std::shared_ptr<Job> job, Deadline deadline);
  int run_under_supervisor(const ExecPlan& plan, bool keep_stdin_open);
  bool run_again();
  void on_message(const SupervisorMessage& message);
  void on_supervisor_gone();
  void fail_to_start(const SupervisorMessage& message);
  void finish();
  void notify();

  const JobHost& host_;
  JobId id_;
  bool split_;
  OutputPipe output_;
  OutputPipe error_;
  std::shared_ptr<JobInput> input_;
  boost::asio::posix::stream_descriptor channel_;
  boost::asio::steady_timer timeout_;
  Event gone_;
  std::vector<Event*> watchers_;
  guest::JobEnd end_;
  ExecPlan plan_;
  Deadline started_;
  std::uint64_t oom_before_ = 0;
  pid_t process_ = 0;
  bool ended_ = false;
  bool killing_ = false;
  bool run_again_ = false;
};

}  // namespace cus::guest_agent
