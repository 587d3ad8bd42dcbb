// SPDX-License-Identifier: Apache-2.0
#include "cus/web/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>

#include "cus/web/responses.hpp"

namespace cus::web {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

Task<> answer(Exchange& exchange, std::string text) {
  Response response = text_response(200, std::move(text));
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  co_await exchange.respond(std::move(response));
}

}  // namespace

struct MetricWriter::Impl {
  std::vector<MetricFamily> families;

  ClientMetric& add(std::string_view name, std::string_view help, MetricType type, const Labels& labels) {
    auto family = std::ranges::find(families, name, &MetricFamily::name);
    if (family == families.end()) {
      family = families.insert(family, MetricFamily{std::string(name), std::string(help), type, {}});
    }
    ClientMetric& metric = family->metric.emplace_back();
    for (const auto& [key, value] : labels) metric.label.push_back({key, value});
    return metric;
  }
};

MetricWriter::MetricWriter() : impl_(std::make_unique<Impl>()) {}
MetricWriter::~MetricWriter() = default;

void MetricWriter::counter(std::string_view name, std::string_view help, double value, const Labels& labels) {
  impl_->add(name, help, MetricType::Counter, labels).counter.value = value;
}

void MetricWriter::gauge(std::string_view name, std::string_view help, double value, const Labels& labels) {
  impl_->add(name, help, MetricType::Gauge, labels).gauge.value = value;
}

void MetricWriter::histogram(std::string_view name, std::string_view help, const Histogram& values,
                             const Labels& labels) {
  auto& made = impl_->add(name, help, MetricType::Histogram, labels).histogram;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < values.counts().size(); ++i) {
    total += values.counts()[i];
    const bool is_last = i == values.bounds().size();
    made.bucket.push_back({total, is_last ? std::numeric_limits<double>::infinity() : values.bounds()[i]});
  }
  made.sample_count = total;
  made.sample_sum = values.sum();
}

std::string MetricWriter::text() const {
  return prometheus::TextSerializer().Serialize(impl_->families);
}

std::string Metrics::text() const {
  MetricWriter writer;
  for (const Source& source : sources_) source(writer);
  return writer.text();
}

Routes metrics_routes(const Metrics& metrics) {
  return {{.method = "GET",
           .path = "/metrics",
           .auth = Auth::key,
           .purpose = "Numbers for Prometheus",
           .handle = [&metrics](Exchange& exchange) { return answer(exchange, metrics.text()); }}};
}

}  // namespace cus::web
