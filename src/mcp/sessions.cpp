// SPDX-License-Identifier: Apache-2.0
#include "sessions.hpp"

#include <algorithm>

namespace cus::mcp {
namespace {

constexpr std::size_t session_id_bytes = 16;
constexpr std::size_t max_streams = 8;

bool busy(const Session& session) {
  const auto runs = [](const ChannelPtr& channel) { return !channel->ended(); };
  return std::ranges::any_of(session.kept, runs) || std::ranges::any_of(session.open, runs);
}

}  // namespace

ChannelPtr Session::find_stream(std::string_view name) const {
  const auto found =
      std::ranges::find(kept, name, [](const ChannelPtr& c) { return std::string_view(c->name()); });
  return found == kept.end() ? nullptr : *found;
}

SessionPtr Sessions::create(const TenantId& tenant, std::string_view version, Clock::time_point now) {
  sweep(now);
  Order& order = by_use_[tenant];
  if (order.size() >= limits_.per_tenant) forget(order, std::prev(order.end()));
  order.push_front(std::make_shared<Session>(
      Session{.id = random_hex(session_id_bytes), .tenant = tenant, .version = version, .used = now}));
  by_id_.emplace(order.front()->id, order.begin());
  return order.front();
}

SessionPtr Sessions::find(std::string_view id, const TenantId& tenant, Clock::time_point now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || (*found->second)->tenant != tenant) return nullptr;
  Order& order = by_use_[tenant];
  if (expired(**found->second, now)) {
    forget(order, found->second);
    return nullptr;
  }
  order.splice(order.begin(), order, found->second);
  order.front()->used = now;
  return order.front();
}

bool Sessions::end(std::string_view id, const TenantId& tenant, Clock::time_point now) {
  if (!find(id, tenant, now)) return false;
  Order& order = by_use_[tenant];
  forget(order, order.begin());
  return true;
}

ChannelPtr Sessions::add_stream(Session& session, const Executor& executor) {
  make_room();
  std::vector<ChannelPtr>& kept = session.kept;
  if (kept.size() >= max_streams) {
    const auto oldest = std::ranges::find_if(kept, [](const ChannelPtr& c) { return c->ended(); });
    // With that many running none is kept that could be resumed.
    if (oldest == kept.end()) return std::make_shared<Channel>(executor);
    kept.erase(oldest);
  }
  kept.push_back(std::make_shared<Channel>(executor, std::to_string(++session.streams)));
  streams_.push_back(kept.back());
  return kept.back();
}

void Sessions::make_room() {
  std::size_t held = 0;
  std::erase_if(streams_, [](const std::weak_ptr<Channel>& stream) { return stream.expired(); });
  for (const auto& stream : streams_) held += stream.lock()->bytes();
  for (const auto& stream : streams_) {
    if (held <= limits_.kept_bytes) return;
    const ChannelPtr channel = stream.lock();
    // Held by the session and here, and by nobody who is sending it.
    if (!channel->ended() || channel.use_count() > 2) continue;
    held -= channel->bytes();
    channel->forget();
  }
}

void Sessions::sweep(Clock::time_point now) {
  for (auto& [tenant, order] : by_use_) {
    while (!order.empty() && expired(*order.back(), now)) forget(order, std::prev(order.end()));
  }
}

bool Sessions::expired(const Session& session, Clock::time_point now) const {
  return now - session.used > limits_.idle && !busy(session);
}

void Sessions::forget(Order& order, Order::iterator place) {
  for (const ChannelPtr& channel : (*place)->open) channel->end();
  by_id_.erase(std::string_view((*place)->id));
  order.erase(place);
}

}  // namespace cus::mcp
