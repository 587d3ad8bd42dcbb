// SPDX-License-Identifier: Apache-2.0
#include "job.hpp"

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "launch.hpp"
#include "plan_block.hpp"

namespace cus::guest_agent {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t drain_turn_bytes = 1U << 20U;
// A supervisor that was stopped from inside does not keep its word: the guest then does it.
constexpr auto supervisor_slack = std::chrono::milliseconds(250);

}  // namespace

Job::Job(const JobHost& host, JobId id, bool split)
    : host_(host),
      id_(std::move(id)),
      split_(split),
      output_(host.executor, host.spools, id_.str() + ".log"),
      error_(host.executor, host.spools, id_.str() + ".error.log"),
      channel_(host.executor),
      timeout_(host.executor),
      gone_(host.executor) {}

int Job::start(ExecPlan& plan, bool keep_stdin_open, std::chrono::milliseconds timeout) {
  oom_before_ = host_.oom.read();
  started_ = Clock::now();
  const int error = run_under_supervisor(plan, keep_stdin_open);
  if (error != 0) return error;
  plan_ = std::move(plan);
  launch(host_.executor, drain(shared_from_this(), output_));
  if (split_) launch(host_.executor, drain(shared_from_this(), error_));
  launch(host_.executor, follow_supervisor(shared_from_this()));
  if (timeout.count() > 0) launch(host_.executor, limit_time(shared_from_this(), started_ + timeout));
  return 0;
}

int Job::run_under_supervisor(const ExecPlan& plan, bool keep_stdin_open) {
  auto process = host_.supervisors.start(plan, {.split = split_, .input = keep_stdin_open});
  if (!process) return process.error();
  process_ = process->supervisor;
  error_code ignored;
  channel_.assign(process->channel.release(), ignored);
  channel_.non_blocking(true, ignored);
  output_.open(std::move(process->pipes.output));
  if (split_) error_.open(std::move(process->pipes.error));
  if (keep_stdin_open) input_ = std::make_shared<JobInput>(host_.executor, std::move(process->pipes.input));
  return 0;
}

// Killed from inside before it began with its order, a supervisor has run nothing: another one does. Not with
// an open standard input, whose bytes may be lost already.
bool Job::run_again() {
  if (ended_ || killing_ || input_ || run_again_ || is_begun(plan_.block_fd())) return false;
  run_again_ = true;
  error_code ignored;
  channel_.close(ignored);
  output_.close();
  error_.close();
  if (run_under_supervisor(plan_, false) != 0) return false;
  launch(host_.executor, drain(shared_from_this(), output_));
  if (split_) launch(host_.executor, drain(shared_from_this(), error_));
  return true;
}

OutputLog& Job::log(guest::Channel channel) {
  return channel == guest::Channel::output ? output_.log() : error_.log();
}

std::uint64_t Job::total() const {
  return output_.log().total() + error_.log().total();
}

Task<> Job::drain(std::shared_ptr<Job> job, OutputPipe& pipe) {
  while (co_await pipe.wait()) {
    pipe.drain(drain_turn_bytes);
    job->notify();
  }
}

Task<> Job::follow_supervisor(std::shared_ptr<Job> job) {
  for (;;) {
    SupervisorMessage message;
    const ssize_t got = ::recv(job->channel_.native_handle(), &message, sizeof message, MSG_DONTWAIT);
    if (got == sizeof message) {
      job->on_message(message);
      continue;
    }
    const bool lost = got >= 0 || errno != EAGAIN;
    if (lost && job->run_again()) continue;
    if (lost) break;
    const auto [error] = co_await job->channel_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                           asio::as_tuple(asio::use_awaitable));
    if (error) break;
  }
  job->on_supervisor_gone();
}

Task<> Job::limit_time(std::shared_ptr<Job> job, Deadline deadline) {
  job->timeout_.expires_at(deadline);
  const auto [error] = co_await job->timeout_.async_wait(asio::as_tuple(asio::use_awaitable));
  if (error || job->ended_) co_return;
  job->end_.timed_out = true;
  job->kill("timeout", std::chrono::milliseconds(guest::kill_grace_ms));
}

void Job::kill(const std::string& why, std::chrono::milliseconds grace) {
  if (!tree_alive()) return;
  if (!ended_ && !end_.killed) end_.killed = why;
  const KillOrder order{static_cast<std::int32_t>(grace.count())};
  ::send(channel_.native_handle(), &order, sizeof order, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (!killing_) launch(host_.executor, insist_on_death(shared_from_this(), after(grace + supervisor_slack)));
  killing_ = true;
}

Task<> Job::insist_on_death(std::shared_ptr<Job> job, Deadline deadline) {
  while (!co_await job->gone_.wait(deadline)) {
    job->host_.reaper.destroy(job->process_);
    deadline = after(supervisor_slack);
  }
}

Task<bool> Job::wait_until_gone(Deadline deadline) {
  if (!tree_alive()) co_return true;
  co_return co_await gone_.wait(deadline);
}

void Job::on_message(const SupervisorMessage& message) {
  switch (message.kind) {
    case SupervisorMessage::Kind::no_room:
      host_.make_room();
      return;
    case SupervisorMessage::Kind::failed:
      fail_to_start(message);
      return;
    case SupervisorMessage::Kind::ended:
      break;
  }
  if (ended_) return;
  if (WIFSIGNALED(message.value)) {
    end_.signal = WTERMSIG(message.value);
  } else {
    end_.code = WEXITSTATUS(message.value);
  }
  const std::size_t count = std::min<std::size_t>(message.leftover_count, message.leftovers.size());
  for (std::size_t i = 0; i < count; ++i) {
    const SupervisorMessage::Leftover& leftover = message.leftovers.at(i);
    end_.leftovers.push_back(
        {leftover.pid, std::string(leftover.name.data(), ::strnlen(leftover.name.data(), 16))});
  }
  finish();
}

void Job::fail_to_start(const SupervisorMessage& message) {
  if (ended_) return;
  std::string what;
  switch (message.stage) {
    case SupervisorMessage::Stage::fork:
      end_.error = "Too many processes run in this sandbox: its process limit is reached. End some of them.";
      finish();
      return;
    case SupervisorMessage::Stage::chdir:
      what = "Cannot enter the directory " + plan_.cwd();
      break;
    case SupervisorMessage::Stage::exec:
      what = "Cannot run " + plan_.program();
      break;
  }
  end_.error = what + ": " + std::generic_category().message(message.value);
  finish();
}

void Job::on_supervisor_gone() {
  error_code ignored;
  channel_.close(ignored);
  process_ = 0;
  if (!ended_) {
    // Killed from inside. Whatever it watched is killed by the reaper, so that is how the command ended.
    end_.signal = SIGKILL;
    if (!end_.killed) end_.killed = "supervisor lost";
    finish();
  }
  output_.drain_present();
  error_.drain_present();
  output_.close();
  error_.close();
  gone_.set();
  host_.job_ended();
}

void Job::give_up(const std::string& why) {
  end_.error = why;
  finish();
}

// Does not wait for the pipes to end: what the command left running may hold them open for ever.
void Job::finish() {
  output_.drain_present();
  error_.drain_present();
  if (input_) input_->close();
  timeout_.cancel();
  plan_.release();
  end_.total = output_.log().total();
  end_.total_error = error_.log().total();
  end_.spool = output_.log().spool_path();
  if (end_.spool.empty()) end_.spool = error_.log().spool_path();
  end_.duration = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  const bool succeeded = end_.code.value_or(-1) == 0;
  end_.out_of_memory = !succeeded && !end_.error && host_.oom.read() > oom_before_;
  ended_ = true;
  notify();
  host_.job_ended();
}

void Job::notify() {
  for (Event* watcher : watchers_) watcher->set();
}

}  // namespace cus::guest_agent
