// SPDX-License-Identifier: Apache-2.0
#include "job_session.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/guest/job_json.hpp"

namespace cus::guest_agent {
namespace {

constexpr std::size_t batch_bytes = 128UL * 1024;
constexpr std::size_t most_line_bytes = 200;
constexpr std::size_t most_why_bytes = 100;
constexpr auto progress_pause = std::chrono::milliseconds(250);
constexpr auto write_limit = std::chrono::seconds(60);
constexpr auto done_limit = std::chrono::seconds(30);
constexpr auto listen_turn = std::chrono::seconds(30);

}  // namespace

JobSession::JobSession(net::Stream& stream, std::string already_read, std::shared_ptr<Job> job, Wants wants)
    : stream_(stream),
      frames_(stream, std::move(already_read)),
      job_(std::move(job)),
      news_(stream.executor()) {
  sources_.push_back({guest::Channel::output, ReadPlan(wants)});
  if (job_->split()) sources_.push_back({guest::Channel::error, ReadPlan(wants)});
  job_->watch(news_);
}

JobSession::~JobSession() {
  job_->unwatch(news_);
}

Task<std::optional<std::string>> JobSession::run() {
  using boost::asio::experimental::awaitable_operators::operator&&;
  co_await (send() && receive());
  if (!done_) co_return std::nullopt;
  co_return frames_.take_rest();
}

Task<> JobSession::send() {
  std::string batch;
  while (!lost_) {
    news_.reset();
    batch.clear();
    end_sent_ = gather(batch);
    if (end_sent_) done_by_ = after(done_limit);
    if (!batch.empty()) {
      const Result<> sent = co_await stream_.write(batch, after(write_limit));
      if (!sent) stream_.close();
      if (!sent || end_sent_) co_return;
    } else {
      co_await news_.wait(holding_back() ? next_progress_ : no_deadline);
    }
  }
}

bool JobSession::gather(std::string& batch) {
  const bool more = gather_output(batch);
  if (more) return false;
  if (job_->ended()) {
    batch += guest::encode_frame(guest::FrameType::end, guest::to_json(job_->end()));
    return true;
  }
  gather_progress(batch);
  return false;
}

// True when there is more than fits into one batch. Each stream has its share, so that neither starves.
bool JobSession::gather_output(std::string& batch) {
  bool more = false;
  for (Source& source : sources_) {
    const OutputLog& log = job_->log(source.channel);
    const std::uint64_t total = total_of(source.channel);
    const std::size_t share = batch.size() + batch_bytes / sources_.size();
    auto range = source.plan.next(total, job_->ended());
    while (!range.empty() && batch.size() < share) {
      source.plan.advance(append_output(batch, source.channel, log, range.from, range.to));
      range = source.plan.next(total, job_->ended());
    }
    more = more || !range.empty();
  }
  return more;
}

// What leftovers write after the end is no part of the job's output.
std::uint64_t JobSession::total_of(guest::Channel channel) const {
  if (!job_->ended()) return job_->log(channel).total();
  return channel == guest::Channel::output ? job_->end().total : job_->end().total_error;
}

bool JobSession::holding_back() {
  if (job_->total() == reported_total_) return false;
  for (const Source& source : sources_) {
    if (source.plan.skipping(job_->log(source.channel).total())) return true;
  }
  return false;
}

bool JobSession::gather_progress(std::string& batch) {
  const auto now = Clock::now();
  if (!holding_back() || now < next_progress_) return false;
  next_progress_ = now + progress_pause;
  reported_total_ = job_->total();
  append_progress(batch, reported_total_, job_->log(guest::Channel::output).last_line(most_line_bytes));
  return true;
}

Task<> JobSession::receive() {
  while (!done_) {
    const Result<Frame> frame = co_await frames_.next(after(listen_turn));
    const bool silent = !frame && frame.error().code == Code::timed_out;
    if (silent && Clock::now() < done_by_) continue;
    if (!frame || !obey(*frame)) break;
    while (job_->input() != nullptr && job_->input()->full()) co_await job_->input()->wait_for_room();
  }
  if (done_) co_return;
  lost_ = true;
  stream_.close();
  news_.set();
}

bool JobSession::obey(const Frame& frame) {
  switch (frame.type) {
    case guest::FrameType::input:
      if (job_->input() != nullptr) job_->input()->push(frame.payload);
      return true;
    case guest::FrameType::input_end:
      if (job_->input() != nullptr) job_->input()->finish();
      return true;
    case guest::FrameType::kill: {
      const Result<Json> order = parse_json(frame.payload);
      std::string why = order ? get_string(*order, "why").value_or("") : std::string();
      if (why.empty()) why = "killed";
      job_->kill(why.substr(0, most_why_bytes), std::chrono::milliseconds(guest::kill_grace_ms));
      return true;
    }
    case guest::FrameType::done:
      done_ = end_sent_;
      return end_sent_;
    default:
      return false;
  }
}

}  // namespace cus::guest_agent
