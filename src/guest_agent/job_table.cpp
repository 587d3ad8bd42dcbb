// SPDX-License-Identifier: Apache-2.0
#include "job_table.hpp"

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <ranges>

#include "cus/guest/job_json.hpp"
#include "exec_plan.hpp"

namespace cus::guest_agent {
namespace {

// What ended jobs left running gets little time when there is no room for a new one.
constexpr auto leftover_grace = std::chrono::milliseconds(200);
constexpr auto leftover_wait = std::chrono::seconds(1);
// Records of jobs whose leftovers run are kept beyond the usual number, but not for ever.
constexpr std::size_t kept_with_leftovers_factor = 4;

}  // namespace

JobTable::JobTable(Executor executor, SpoolDirectory& spools, Reaper& reaper, Supervisors& supervisors,
                   const OomCounter& oom, JobLimits limits)
    : limits_(limits),
      host_{.executor = std::move(executor),
            .spools = spools,
            .reaper = reaper,
            .supervisors = supervisors,
            .oom = oom,
            .make_room = [this] { end_leftovers_at_once(); },
            .job_ended =
                [this] {
                  prune();
                  host_.supervisors.prepare();
                }} {}

std::shared_ptr<Job> JobTable::find(const JobId& id) const {
  const auto found = std::ranges::find_if(jobs_, [&id](const auto& job) { return job->id() == id; });
  return found == jobs_.end() ? nullptr : *found;
}

Task<Result<std::shared_ptr<Job>>> JobTable::start(guest::JobSpec spec) {
  if (auto known = find(spec.id)) co_return known;
  if (jobs_.size() - ended_count() >= limits_.running) {
    co_return fail(Code::too_many, "Too many commands run in this sandbox. Wait for one to end.");
  }
  auto job = std::make_shared<Job>(host_, spec.id, spec.split_streams);
  jobs_.push_back(job);
  const Result<> started = co_await launch_job(*job, spec);
  if (!started) {
    std::erase(jobs_, job);
    job->give_up(started.error().message);
    co_return std::unexpected(started.error());
  }
  co_return job;
}

Task<Result<>> JobTable::launch_job(Job& job, guest::JobSpec& spec) {
  Result<ExecPlan> plan = ExecPlan::make(spec);
  if (!plan) co_return std::unexpected(plan.error());
  int error = job.start(*plan, spec.keep_stdin_open, spec.timeout);
  if (error == EAGAIN) {
    co_await end_leftovers();
    error = job.start(*plan, spec.keep_stdin_open, spec.timeout);
  }
  if (error == 0) co_return Result<>{};
  if (error == EAGAIN) {
    co_return fail(Code::too_many,
                   "Too many processes run in this sandbox: its process limit is reached. End some of them.");
  }
  co_return std::unexpected(from_errno(error, "Starting the command"));
}

Result<> JobTable::forget(const JobId& id) {
  const auto job = find(id);
  if (!job) return fail(Code::not_found, "There is no such job.");
  if (!job->ended()) return fail(Code::conflict, "The job still runs: kill it first.");
  job->kill("forgotten", std::chrono::milliseconds(guest::kill_grace_ms));
  std::erase(jobs_, job);
  return {};
}

void JobTable::kill_all(const std::string& why, std::chrono::milliseconds grace) {
  for (const auto& job : jobs_) job->kill(why, grace);
}

void JobTable::end_leftovers_at_once() {
  for (const auto& job : jobs_) {
    if (job->ended()) job->kill("no room", leftover_grace);
  }
}

Task<> JobTable::end_leftovers() {
  end_leftovers_at_once();
  const std::list<std::shared_ptr<Job>> jobs = jobs_;
  const Deadline deadline = after(leftover_wait);
  for (const auto& job : jobs) {
    if (job->ended()) co_await job->wait_until_gone(deadline);
  }
}

void JobTable::prune() {
  forget_oldest();
  release_memory();
}

std::size_t JobTable::ended_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(jobs_, [](const auto& job) { return job->ended(); }));
}

void JobTable::forget_oldest() {
  const std::size_t ended = ended_count();
  if (ended <= limits_.kept) return;
  auto oldest =
      std::ranges::find_if(jobs_, [](const auto& job) { return job->ended() && !job->tree_alive(); });
  if (oldest == jobs_.end()) {
    if (ended <= kept_with_leftovers_factor * limits_.kept) return;
    oldest = std::ranges::find_if(jobs_, [](const auto& job) { return job->ended(); });
    (*oldest)->kill("forgotten", std::chrono::milliseconds(guest::kill_grace_ms));
  }
  jobs_.erase(oldest);
}

// From the newest back: what is beyond the budget gives its memory back.
void JobTable::release_memory() {
  std::size_t used = 0;
  for (const auto& job : std::views::reverse(jobs_)) {
    if (!job->ended()) continue;
    for (const guest::Channel channel : {guest::Channel::output, guest::Channel::error}) {
      OutputLog& log = job->log(channel);
      used += log.memory();
      if (used <= limits_.kept_memory) continue;
      used -= log.memory();
      log.release_memory();
    }
  }
}

Json JobTable::to_json() const {
  // Of the ended ones the newest: a server reads no more than the usual numbers.
  std::size_t unlisted = ended_count() - std::min(ended_count(), limits_.kept);
  Json list = Json::array();
  for (const auto& job : jobs_) {
    if (job->ended() && unlisted > 0) {
      --unlisted;
      continue;
    }
    Json entry = {
        {"id", job->id().str()}, {"state", job->ended() ? "exited" : "running"}, {"total", job->total()}};
    if (job->ended()) entry["end"] = parse_json(guest::to_json(job->end())).value_or(Json());
    list.push_back(std::move(entry));
  }
  return {{"jobs", std::move(list)}};
}

}  // namespace cus::guest_agent
