// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp/channel.hpp"

#include <algorithm>
#include <utility>

namespace cus::mcp {
namespace {

// A reader this far behind gets the newest progress; older ones say nothing any more.
constexpr std::size_t max_kept = 64;
constexpr std::size_t max_kept_bytes = 64UL * 1024;

}  // namespace

void Channel::push(std::string text) {
  if (ended_ || muted_) return;
  while (!kept_.empty() && (kept_.size() == max_kept || kept_bytes_ + text.size() > max_kept_bytes)) {
    kept_bytes_ -= kept_.front().text.size();
    kept_.pop_front();
  }
  kept_bytes_ += text.size();
  kept_.push_back({.number = ++last_, .text = std::move(text)});
  changed_.set();
}

void Channel::finish(Reply reply) {
  say_at_end(std::move(reply));
  end();
}

void Channel::end() {
  if (ended_) return;
  reply_ = std::exchange(last_words_, std::nullopt);
  ended_ = true;
  on_gone_ = nullptr;
  changed_.set();
}

void Channel::hang_up() {
  ++hang_ups_;
  changed_.set();
}

std::optional<Channel::Message> Channel::next(std::uint64_t seen) {
  const auto found = std::ranges::find_if(kept_, [seen](const Message& m) { return m.number > seen; });
  if (found != kept_.end()) {
    if (can_resume()) return *found;
    Message message = std::move(*found);
    kept_bytes_ -= message.text.size();
    kept_.erase(kept_.begin(), std::next(found));
    return message;
  }
  if (!reply_ || !reply_->message || seen > last_) return std::nullopt;
  return Message{.number = last_ + 1, .text = *reply_->message};
}

Task<bool> Channel::wait(std::uint64_t seen, Deadline deadline, const bool& stop) {
  const unsigned hang_ups = hang_ups_;
  for (;;) {
    const bool has_more = !kept_.empty() && kept_.back().number > seen;
    if (ended_ || has_more || stop || hang_ups_ != hang_ups) co_return true;
    changed_.reset();
    // Another reader may have reset it first.
    if (!co_await changed_.wait(deadline) && Clock::now() >= deadline) co_return false;
  }
}

std::size_t Channel::bytes() const {
  return kept_bytes_ + (reply_ && reply_->message ? reply_->message->size() : 0);
}

void Channel::forget() {
  kept_.clear();
  kept_bytes_ = 0;
  if (reply_) reply_->message.reset();
  name_.clear();
}

void Channel::client_gone() {
  // It may end the channel, and with it this very function.
  if (auto action = std::exchange(on_gone_, nullptr)) action();
}

}  // namespace cus::mcp
