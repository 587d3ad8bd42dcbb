// SPDX-License-Identifier: Apache-2.0
#pragma once
// Requests by route and class of status, and how long they took: plain numbers, since every request passes.

#include <array>
#include <vector>

#include "cus/base/clock.hpp"
#include "cus/base/histogram.hpp"
#include "cus/web/metrics.hpp"

namespace cus::web {

class RequestStats {
 public:
  // `routes` stays as it is.
  explicit RequestStats(const Routes& routes);

  // `route` is one of them, or nullptr for what reached none. An answer that waits for things to happen has
  // no time: nullopt.
  void count(const Route* route, int status, std::optional<Clock::duration> taken);
  void write(MetricWriter& writer) const;

 private:
  struct Row {
    Row();
    std::array<std::uint64_t, 6> by_class{};  // 1xx to 5xx; 0: never answered
    Histogram seconds;
  };

  const Routes& routes_;
  std::vector<Row> rows_;  // as the routes, and one more
};

}  // namespace cus::web
