// SPDX-License-Identifier: Apache-2.0
#include "running_calls.hpp"

#include <algorithm>

namespace cus::mcp {
namespace {

bool is(const RunningCall& call, const CallScope& scope, const Json& id) {
  return call.scope == scope && call.id.type() == id.type() && call.id == id;
}

void cancel_call(RunningCall& call, CancelReason reason) {
  if (call.reason != CancelReason::none) return;
  call.reason = reason;
  call.cancelled.set();
}

}  // namespace

std::unique_ptr<RunningCalls::Entry> RunningCalls::add(const Executor& executor, CallScope scope, Json id) {
  std::size_t& count = per_tenant_[scope.tenant];
  if (count >= max_per_tenant_) return nullptr;
  ++count;
  calls_.emplace_back(executor, std::move(scope), std::move(id));
  calls_.back().serial = ++serials_;
  return std::make_unique<Entry>(shared_from_this(), std::prev(calls_.end()));
}

void RunningCalls::remove(std::list<RunningCall>::iterator call) {
  const auto count = per_tenant_.find(call->scope.tenant);
  if (--count->second == 0) per_tenant_.erase(count);
  calls_.erase(call);
}

std::size_t RunningCalls::count(const CallScope& scope, const Json& id) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(calls_, [&](const RunningCall& call) { return is(call, scope, id); }));
}

std::size_t RunningCalls::cancel(const CallScope& scope, const Json& id) {
  std::size_t found = 0;
  for (RunningCall& call : calls_) {
    if (!is(call, scope, id)) continue;
    cancel_call(call, CancelReason::client);
    ++found;
  }
  return found;
}

void RunningCalls::cancel_one(std::uint64_t serial) {
  for (RunningCall& call : calls_) {
    if (call.serial == serial) cancel_call(call, CancelReason::client);
  }
}

void RunningCalls::cancel_session(std::string_view session) {
  for (RunningCall& call : calls_) {
    if (call.scope.session == session) cancel_call(call, CancelReason::client);
  }
}

void RunningCalls::cancel_all() {
  for (RunningCall& call : calls_) cancel_call(call, CancelReason::shutdown);
}

}  // namespace cus::mcp
