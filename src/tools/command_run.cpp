// SPDX-License-Identifier: Apache-2.0
#include "command_run.hpp"

#include "cus/base/log.hpp"

namespace cus::tools {
namespace {

using guest::JobEnd;
using guest::JobEvent;
using guest::JobStream;

class Run {
 public:
  Run(sandbox::Computers& computers, sandbox::Computer& computer, const RunWatch& watch,
      const RunTiming& timing, JobId id)
      : computers_(computers), computer_(computer), watch_(watch), timing_(timing), id_(std::move(id)) {}

  Task<RunOutcome> run(guest::JobSpec spec) {
    hard_end_ = begin_ + spec.timeout + timing_.grace;
    Result<JobStream> stream = co_await computer_.guest.start(std::move(spec), Clock::now() + timing_.start);
    if (!stream) {
      // The request may have arrived although its answer did not; only then the guest knows the job.
      if (stream.error().code != Code::io) co_return not_started(stream.error());
      Result<JobStream> found = co_await find_again();
      if (!found) co_return not_started(stream.error());
      stream = std::move(found);
    }
    RunOutcome outcome = co_await follow(std::move(*stream));
    if (remembered_ && outcome.end) computers_.job_ended(computer_.storage, id_, *outcome.end);
    co_return outcome;
  }

 private:
  static RunOutcome not_started(const Error& error) {
    log::failure(log::Level::warn, "job.not_started", error);
    return {.state = RunState::not_started, .problem = error.message};
  }

  RunOutcome finish(RunState state, std::optional<JobEnd> end = {}) const {
    KeptOutput output = output_.finish(end ? end->total : 0);
    return {.state = state, .end = std::move(end), .output = std::move(output)};
  }

  Task<RunOutcome> follow(JobStream stream) {
    for (;;) {
      if (watch_.cancelled.is_set())
        co_return co_await stop(std::move(stream), "cancelled", RunState::cancelled);
      if (Clock::now() >= hard_end_) co_return co_await enforce_limit(std::move(stream));
      Result<JobEvent> event = co_await stream.next(std::min(Clock::now() + timing_.tick, hard_end_));
      if (event) {
        if (auto* end = std::get_if<JobEnd>(&*event)) co_return finish(RunState::ended, std::move(*end));
        take(*event);
      } else if (event.error().code != Code::timed_out) {
        log::failure(log::Level::warn, "job.connection_lost", event.error(), {{"job", id_.str()}});
        Result<JobStream> again = co_await find_again();
        if (!again) co_return co_await give_up();
        stream = std::move(*again);
      }
      remember();
      co_await report();
    }
  }

  void take(const JobEvent& event) {
    if (const auto* output = std::get_if<guest::JobOutput>(&event)) {
      if (output->channel == guest::Channel::output) output_.add(output->offset, output->bytes);
      skipped_line_.clear();
      news_ = true;
    } else if (const auto* progress = std::get_if<guest::JobProgress>(&event)) {
      skipped_line_ = progress->last_line;
      news_ = true;
    }
  }

  // Looks for the job until it is found, the guest denies it, or the time for that is over.
  Task<Result<JobStream>> find_again() {
    const Deadline deadline = Clock::now() + timing_.reattach;
    for (;;) {
      Result<JobStream> stream = co_await computer_.guest.attach(id_, output_.next_offset(), deadline);
      if (stream || stream.error().code == Code::not_found) co_return stream;
      if (Clock::now() + timing_.retry >= deadline || watch_.cancelled.is_set()) co_return stream;
      co_await sleep_until(Clock::now() + timing_.retry);
    }
  }

  // Kills the job's whole tree and waits, within bounds, until it is gone.
  Task<RunOutcome> stop(JobStream stream, std::string why, RunState state) {
    const Deadline deadline = Clock::now() + timing_.kill;
    const Result<> asked = co_await stream.kill(why, deadline);
    while (asked) {
      Result<JobEvent> event = co_await stream.next(deadline);
      if (event) {
        if (auto* end = std::get_if<JobEnd>(&*event)) co_return finish(state, std::move(*end));
        take(*event);
        continue;
      }
      if (event.error().code == Code::timed_out) co_return finish(state);
      break;
    }
    co_await kill_unseen(std::move(why), deadline);
    co_return finish(state);
  }

  // Nobody is attached to the job, but it must not go on, should it still be there.
  Task<> kill_unseen(std::string why, Deadline deadline) {
    const Result<> asked = co_await computer_.guest.kill(id_, std::move(why), deadline);
    if (!asked) log::failure(log::Level::error, "job.kill_failed", asked.error(), {{"job", id_.str()}});
  }

  Task<RunOutcome> give_up() {
    if (!watch_.cancelled.is_set()) co_return finish(RunState::interrupted);
    co_await kill_unseen("cancelled", Clock::now() + timing_.kill);
    co_return finish(RunState::cancelled);
  }

  // The guest keeps the time limit; this is for one that does not.
  Task<RunOutcome> enforce_limit(JobStream stream) {
    RunOutcome outcome = co_await stop(std::move(stream), "timeout", RunState::interrupted);
    if (outcome.end) {
      outcome.state = RunState::ended;
      outcome.end->timed_out = true;
    }
    co_return outcome;
  }

  void remember() {
    if (remembered_ || Clock::now() - begin_ < timing_.notable) return;
    remembered_ = true;
    computers_.job_running(computer_.storage, id_);
  }

  // At once when there is something new, but not more often than the tick; else as a sign of life.
  Task<> report() {
    const auto since = Clock::now() - reported_;
    if (since < (news_ ? timing_.tick : timing_.heartbeat)) co_return;
    news_ = false;
    reported_ = Clock::now();
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(reported_ - begin_);
    co_await watch_.progress(elapsed,
                             skipped_line_.empty() ? output_.recent() : std::string_view(skipped_line_));
  }

  sandbox::Computers& computers_;
  sandbox::Computer& computer_;
  const RunWatch& watch_;
  const RunTiming& timing_;
  JobId id_;
  OutputAssembly output_;
  std::string skipped_line_;  // the last line of output that the guest keeps to itself
  Deadline begin_ = Clock::now();
  Deadline reported_ = begin_;
  Deadline hard_end_ = begin_;
  bool news_ = false;
  bool remembered_ = false;
};

}  // namespace

Task<RunOutcome> run_job(sandbox::Computers& computers, sandbox::Computer& computer, guest::JobSpec spec,
                         const RunWatch& watch, const RunTiming& timing) {
  Run run(computers, computer, watch, timing, spec.id);
  co_return co_await run.run(std::move(spec));
}

}  // namespace cus::tools
