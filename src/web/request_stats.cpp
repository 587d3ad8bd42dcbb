// SPDX-License-Identifier: Apache-2.0
#include "request_stats.hpp"

namespace cus::web {
namespace {

constexpr std::array<double, 16> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                           0.25,   0.5,   1,      2.5,   5,    10,    30,   120};
constexpr std::array<const char*, 6> class_names = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

}  // namespace

RequestStats::Row::Row() : seconds(bounds) {}

RequestStats::RequestStats(const Routes& routes) : routes_(routes), rows_(routes.size() + 1) {}

void RequestStats::count(const Route* route, int status, std::optional<Clock::duration> taken) {
  Row& row = rows_[route == nullptr ? routes_.size() : static_cast<std::size_t>(route - routes_.data())];
  const auto status_class = static_cast<std::size_t>(status / 100);
  ++row.by_class.at(status_class < class_names.size() ? status_class : 0);
  if (taken) row.seconds.observe(std::chrono::duration<double>(*taken).count());
}

void RequestStats::write(MetricWriter& writer) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const bool is_route = i < routes_.size();
    const Labels route = {{"method", is_route ? routes_[i].method : "none"},
                          {"route", is_route ? routes_[i].path : "none"}};
    for (std::size_t c = 0; c < class_names.size(); ++c) {
      if (rows_[i].by_class[c] == 0) continue;
      Labels labels = route;
      labels.emplace_back("status", class_names[c]);
      writer.counter("cus_http_requests_total", "Requests by route and class of status.",
                     static_cast<double>(rows_[i].by_class[c]), labels);
    }
    if (rows_[i].seconds.count() == 0) continue;
    writer.histogram("cus_http_request_seconds",
                     "From a request's head to the end of its answer, without event streams and WebSockets.",
                     rows_[i].seconds, route);
  }
}

}  // namespace cus::web
