// SPDX-License-Identifier: Apache-2.0
#include "server_metrics.hpp"

namespace cus::web {
namespace {

double number(std::integral auto value) {
  return static_cast<double>(value);
}

}  // namespace

void write_server_metrics(const ServerState& server, MetricWriter& writer) {
  const ServerCounters& counters = server.counters;
  server.stats.write(writer);
  writer.gauge("cus_http_requests_in_progress", "Requests that count against MAX_REQUESTS.",
               number(server.load.in_progress()));
  writer.gauge("cus_http_event_streams", "Event streams open.", number(server.totals.event_streams));
  writer.gauge("cus_http_websockets", "WebSockets open.", number(server.totals.websockets));
  for (const auto& [why, name] : {std::pair(Shed::server_full, "server"), std::pair(Shed::key_full, "key")}) {
    writer.counter("cus_http_shed_total", "Requests refused because too many were in progress.",
                   number(server.load.shed(why)), {{"cap", name}});
  }
  writer.counter("cus_http_wrong_keys_total", "Requests with a key that is not valid, or refused for those.",
                 number(server.gate.wrong_keys()));
  writer.gauge("cus_http_connections", "Connections open.", number(server.connections.size()));
  writer.counter("cus_http_connections_accepted_total", "Connections accepted.", number(counters.accepted));
  writer.counter("cus_http_connections_refused_total", "Connections refused over a cap.",
                 number(counters.refused));
  writer.counter("cus_http_accept_errors_total", "Connections that could not be accepted.",
                 number(counters.accept_errors));
  writer.gauge("cus_http_held_body_bytes", "Request bodies held in memory.",
               number(server.totals.held_bytes));
}

}  // namespace cus::web
