// SPDX-License-Identifier: Apache-2.0
#pragma once
// The tool calls that run now: a cap for each tenant, and the place where a cancel finds its call.

#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cus/base/event.hpp"
#include "cus/base/id.hpp"
#include "cus/base/json.hpp"

namespace cus::mcp {

// Who may cancel a call: the same session, and where a client has none the same tenant in the same chat.
// Request ids begin at 0 in every client, so the tenant alone would let one chat stop another's command.
struct CallScope {
  TenantId tenant;
  std::optional<ChatId> chat{};
  std::string session{};
  auto operator<=>(const CallScope&) const = default;
};

enum class CancelReason { none, client, shutdown };

struct RunningCall {
  RunningCall(Executor executor, CallScope s, Json request)
      : cancelled(std::move(executor)), scope(std::move(s)), id(std::move(request)) {}
  Event cancelled;
  CallScope scope;
  Json id;
  std::uint64_t serial = 0;
  CancelReason reason = CancelReason::none;
};

class RunningCalls : public std::enable_shared_from_this<RunningCalls> {
 public:
  // Takes the call off the list when it is destroyed.
  class Entry {
   public:
    Entry(std::shared_ptr<RunningCalls> calls, std::list<RunningCall>::iterator call)
        : calls_(std::move(calls)), call_(call) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { calls_->remove(call_); }
    RunningCall& call() { return *call_; }

   private:
    std::shared_ptr<RunningCalls> calls_;
    std::list<RunningCall>::iterator call_;
  };

  explicit RunningCalls(std::size_t max_per_tenant) : max_per_tenant_(max_per_tenant) {}

  // nullptr: the tenant runs as many calls as it may.
  std::unique_ptr<Entry> add(const Executor& executor, CallScope scope, Json id);
  std::size_t count(const CallScope& scope, const Json& id) const;
  // Cancels every call of that id in the scope; the number of them.
  std::size_t cancel(const CallScope& scope, const Json& id);
  // The one call of that serial, if it still runs.
  void cancel_one(std::uint64_t serial);
  void cancel_session(std::string_view session);
  void cancel_all();
  std::size_t size() const { return calls_.size(); }

 private:
  void remove(std::list<RunningCall>::iterator call);

  std::size_t max_per_tenant_;
  std::uint64_t serials_ = 0;
  std::list<RunningCall> calls_;
  std::map<TenantId, std::size_t> per_tenant_;
};

}  // namespace cus::mcp
