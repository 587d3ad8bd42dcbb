// SPDX-License-Identifier: Apache-2.0
#include "metrics.hpp"

#include "routes.hpp"

namespace cus::app {
namespace {

double number(std::integral auto value) {
  return static_cast<double>(value);
}

void write_mcp(web::MetricWriter& writer, const mcp::Server& mcp) {
  const mcp::Counts counts = mcp.counts();
  writer.gauge("cus_tool_calls_running", "Tool calls running.", number(counts.running_calls));
  writer.gauge("cus_mcp_sessions", "MCP sessions known.", number(counts.sessions));
  writer.gauge("cus_mcp_listeners", "Streams that wait for changes.", number(counts.listeners));
}

void write_sandboxes(web::MetricWriter& writer, const sandbox::Registry& registry) {
  const sandbox::Counters& counters = registry.counters();
  writer.gauge("cus_sandboxes_awake", "Sandboxes running or being started or stopped.",
               number(registry.awake()));
  writer.histogram("cus_sandbox_start_seconds", "From a sandbox's need to its guest's call home.",
                   counters.start_seconds);
  writer.counter("cus_sandbox_start_failures_total", "Sandboxes that could not be started.",
                 number(counters.failed_starts));
  writer.counter("cus_engine_errors_total",
                 "Answers of the engine that were errors, and those that did not come.",
                 number(counters.engine_errors));
}

}  // namespace

void add_metrics(web::Metrics& metrics, Core& core, const mcp::Server& mcp) {
  metrics.add(web::process_metrics());
  metrics.add([&mcp](web::MetricWriter& writer) { write_mcp(writer, mcp); });
  metrics.add([&core](web::MetricWriter& writer) { write_sandboxes(writer, core.registry()); });
  metrics.add([](web::MetricWriter& writer) {
    writer.gauge("cus_build_info", "Always 1; the labels tell.", 1, {{"version", version}});
  });
}

}  // namespace cus::app
