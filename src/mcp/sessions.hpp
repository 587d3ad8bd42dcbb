// SPDX-License-Identifier: Apache-2.0
#pragma once
// The sessions of the revisions up to 2025-11-25: an id that binds a version, the streams that can be
// resumed, and the calls that can be cancelled. They are cheap and soft: requests without an id are served
// too, and who comes with a forgotten id is told to begin anew. Each tenant has a cap of its own; the one
// unused longest goes first.

#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"
#include "cus/mcp/channel.hpp"

namespace cus::mcp {

struct Session {
  std::string id;  // 128 random bits, visible ASCII
  TenantId tenant;
  std::string_view version;  // one of supported_versions
  Clock::time_point used;
  std::uint64_t streams = 0;           // names given so far
  std::vector<ChannelPtr> kept{};      // streams that can be resumed
  std::vector<ChannelPtr> open{};      // GET streams
  std::vector<std::string> watched{};  // uris of resources/subscribe

  ChannelPtr find_stream(std::string_view name) const;
};

using SessionPtr = std::shared_ptr<Session>;

class Sessions {
 public:
  struct Limits {
    std::size_t per_tenant = 4096;
    Clock::duration idle = std::chrono::minutes(30);
    // What all ended streams together hold for who comes back; the oldest are given up first.
    std::size_t kept_bytes = 64U << 20U;
  };

  explicit Sessions(Limits limits) : limits_(limits) {}

  SessionPtr create(const TenantId& tenant, std::string_view version, Clock::time_point now);
  // nullptr: unknown, expired, or another tenant's; who asks cannot tell which.
  SessionPtr find(std::string_view id, const TenantId& tenant, Clock::time_point now);
  bool end(std::string_view id, const TenantId& tenant, Clock::time_point now);
  // A stream of the session that can be resumed; the oldest that has ended is forgotten beyond the cap.
  ChannelPtr add_stream(Session& session, const Executor& executor);
  // Ends what was idle too long; work for a few at a time.
  void sweep(Clock::time_point now);
  std::size_t size() const { return by_id_.size(); }

 private:
  using Order = std::list<SessionPtr>;  // most recently used first

  void make_room();
  void forget(Order& order, Order::iterator place);
  bool expired(const Session& session, Clock::time_point now) const;

  Limits limits_;
  std::list<std::weak_ptr<Channel>> streams_;  // that can be resumed, oldest first
  std::map<TenantId, Order> by_use_;
  std::unordered_map<std::string_view, Order::iterator> by_id_;  // keys view the session's id
};

}  // namespace cus::mcp
