// SPDX-License-Identifier: Apache-2.0
#pragma once
// Counts values by size: how many were at most each bound, and their sum. For one thread.

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

namespace cus {

class Histogram {
 public:
  // `bounds` ascend and outlive this.
  explicit Histogram(std::span<const double> bounds) : bounds_(bounds), counts_(bounds.size() + 1) {}

  void observe(double value) {
    const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
    ++counts_[static_cast<std::size_t>(bucket)];
    sum_ += value;
  }
  std::span<const double> bounds() const { return bounds_; }
  // One more than bounds: the last holds what is above all of them.
  std::span<const std::uint64_t> counts() const { return counts_; }
  std::uint64_t count() const { return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0}); }
  double sum() const { return sum_; }

 private:
  std::span<const double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

}  // namespace cus
