// SPDX-License-Identifier: Apache-2.0
#include "read_plan.hpp"

#include <algorithm>
#include <limits>

namespace cus::guest_agent {
namespace {

std::uint64_t end_of_head(const Wants& wants) {
  constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();
  if (!wants.head && !wants.tail) return never;
  const std::uint64_t head = wants.head.value_or(0);
  return head > never - wants.offset ? never : wants.offset + head;
}

}  // namespace

ReadPlan::ReadPlan(Wants wants)
    : position_(wants.offset), head_end_(end_of_head(wants)), tail_(wants.tail.value_or(0)) {}

ReadPlan::Range ReadPlan::next(std::uint64_t total, bool ended) {
  if (position_ < head_end_) {
    const Range head{position_, std::min(total, head_end_)};
    if (!head.empty() || !ended) return head;
  }
  if (!ended) return {position_, position_};
  position_ = std::max(position_, total - std::min(total, tail_));
  return {position_, std::max(position_, total)};
}

}  // namespace cus::guest_agent
