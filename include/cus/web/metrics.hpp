// SPDX-License-Identifier: Apache-2.0
#pragma once
// GET /metrics in the text format of Prometheus. Whoever has numbers adds a source, which is asked at each
// scrape; labels are routes and kinds, never chats, tenants or paths, so that the page stays small.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cus/base/histogram.hpp"
#include "cus/web/route.hpp"

namespace cus::web {

using Labels = std::vector<std::pair<std::string, std::string>>;

class MetricWriter {
 public:
  MetricWriter();
  ~MetricWriter();
  MetricWriter(const MetricWriter&) = delete;
  MetricWriter& operator=(const MetricWriter&) = delete;

  // Calls of one name with different labels make one family.
  void counter(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  void gauge(std::string_view name, std::string_view help, double value, const Labels& labels = {});
  void histogram(std::string_view name, std::string_view help, const Histogram& values,
                 const Labels& labels = {});
  std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

class Metrics {
 public:
  using Source = std::function<void(MetricWriter&)>;
  // What `source` refers to must live as long as scrapes are answered.
  void add(Source source) { sources_.push_back(std::move(source)); }
  std::string text() const;

 private:
  std::vector<Source> sources_;
};

// Memory, descriptors, and the age of this process since the call.
Metrics::Source process_metrics();

// `metrics` must outlive the routes.
Routes metrics_routes(const Metrics& metrics);

}  // namespace cus::web
