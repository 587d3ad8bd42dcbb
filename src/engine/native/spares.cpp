// SPDX-License-Identifier: Apache-2.0
#include "engine/native/spares.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>

#include "cus/base/id.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t group_name_bytes = 8;
constexpr auto end_limit = std::chrono::milliseconds(500);

}  // namespace

Spares::~Spares() {
  for (Spare& spare : ready_) discard(std::move(spare));
}

Result<Spare> Spares::start(const std::string& bwrap, const Mould& mould) const {
  Spare spare{.mould = mould, .group = random_hex(group_name_bytes), .waiting = {}};
  if (Result<> made = cgroups_.make(spare.group, mould.limits); !made) return std::unexpected(made.error());
  const Result<std::vector<Fd>> entrances = cgroups_.entrances(spare.group);
  if (!entrances) return std::unexpected(entrances.error());
  const bool counted = std::ranges::find(cgroups_.missing(), "pids") == cgroups_.missing().end();
  Result<Waiting> waiting = start_waiting({.bwrap = bwrap,
                                           .command = mould.command,
                                           .owner = mould.owner,
                                           .open_files = mould.limits.open_files,
                                           .processes = counted ? 0 : mould.limits.pids,
                                           .cgroups = *entrances,
                                           .seccomp = seccomp_,
                                           .mark = mark_});
  if (!waiting) {
    cgroups_.remove(spare.group);
    return std::unexpected(waiting.error());
  }
  spare.waiting = std::move(*waiting);
  return spare;
}

void Spares::discard(Spare spare) const {
  if (spare.waiting.monitor) {
    static_cast<void>(send_signal(spare.waiting.monitor.get(), SIGKILL));
    wait_for_end(spare.waiting.monitor.get(), end_limit);
  }
  cgroups_.remove(spare.group);
}

Result<Spare> Spares::take(const std::string& bwrap, const Mould& mould) {
  {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(ready_, mould, &Spare::mould);
    if (found != ready_.end()) {
      Spare spare = std::move(*found);
      ready_.erase(found);
      // It may have been killed meanwhile.
      if (!wait_for_end(spare.waiting.monitor.get(), std::chrono::milliseconds(0))) return spare;
      cgroups_.remove(spare.group);
    }
  }
  return start(bwrap, mould);
}

std::size_t Spares::ready() {
  const std::scoped_lock lock(mutex_);
  return ready_.size();
}

void Spares::prepare(const std::string& bwrap, const std::vector<Mould>& moulds) {
  std::vector<Mould> missing;
  std::vector<Spare> useless;
  {
    const std::scoped_lock lock(mutex_);
    const auto wanted = [&moulds](const Spare& spare) {
      return std::ranges::find(moulds, spare.mould) != moulds.end();
    };
    const auto rest = std::ranges::partition(ready_, wanted);
    std::ranges::move(rest, std::back_inserter(useless));
    ready_.erase(rest.begin(), rest.end());
    for (const Mould& mould : moulds) {
      const auto have = std::ranges::count(ready_, mould, &Spare::mould) + std::ranges::count(missing, mould);
      if (have < std::ranges::count(moulds, mould)) missing.push_back(mould);
    }
  }
  for (Spare& spare : useless) discard(std::move(spare));
  for (const Mould& mould : missing) {
    Result<Spare> spare = start(bwrap, mould);
    if (!spare) return;
    const std::scoped_lock lock(mutex_);
    ready_.push_back(std::move(*spare));
  }
}

}  // namespace cus::engine
