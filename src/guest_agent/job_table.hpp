// SPDX-License-Identifier: Apache-2.0
#pragma once
// All jobs of this sandbox by id. At most so many run; finished ones are kept, the oldest forgotten first,
// and the memory of their output has a budget (what is spooled stays readable).

#include <list>
#include <memory>

#include "cus/base/json.hpp"
#include "job.hpp"

namespace cus::guest_agent {

struct JobLimits {
  std::size_t running = guest::max_running_jobs;
  std::size_t kept = guest::max_kept_jobs;
  std::size_t kept_memory = 8U << 20U;
};

class JobTable {
 public:
  JobTable(Executor executor, SpoolDirectory& spools, Reaper& reaper, Supervisors& supervisors,
           const OomCounter& oom, JobLimits limits = {});
  JobTable(const JobTable&) = delete;
  JobTable& operator=(const JobTable&) = delete;

  // Starts the job, or finds it when its id is known. Code::too_many at a limit of ours or of processes.
  Task<Result<std::shared_ptr<Job>>> start(guest::JobSpec spec);
  // Null when unknown.
  std::shared_ptr<Job> find(const JobId& id) const;
  // Forgets a finished job and ends what is left of it; Code::conflict while it runs.
  Result<> forget(const JobId& id);
  void kill_all(const std::string& why, std::chrono::milliseconds grace);
  std::size_t count() const { return jobs_.size(); }
  Json to_json() const;

 private:
  Task<Result<>> launch_job(Job& job, guest::JobSpec& spec);
  Task<> end_leftovers();
  void end_leftovers_at_once();
  std::size_t ended_count() const;
  void prune();
  void forget_oldest();
  void release_memory();

  JobLimits limits_;
  JobHost host_;
  std::list<std::shared_ptr<Job>> jobs_;  // oldest first
};

}  // namespace cus::guest_agent
