// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the listener and the connections of one server share. Held by each of them, so that none outlives it.

#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "cus/base/event.hpp"
#include "gate.hpp"
#include "http_exchange.hpp"
#include "load.hpp"
#include "request_stats.hpp"

namespace cus::web {

struct ServerState {
  ServerState(const Executor& loop, Routes routes, ServerOptions options)
      : executor(loop),
        address(std::move(options.address)),
        port(options.port),
        limits(options.limits),
        gate(std::move(routes), {.keys = std::move(options.keys),
                                 .origins = std::move(options.origins),
                                 .proxies = std::move(options.proxies),
                                 .user_tokens = std::move(options.user_tokens),
                                 .max_target_bytes = limits.target_bytes}),
        load(limits.requests, limits.requests_per_key),
        stats(gate.routes()),
        acceptor(loop),
        no_connections(loop) {}

  Executor executor;
  std::string address;
  std::uint16_t port;
  ServerLimits limits;
  Gate gate;
  Load load;
  RequestStats stats;
  boost::asio::ip::tcp::acceptor acceptor;
  ServerCounters counters;
  HttpExchange::Totals totals;
  std::size_t requests = 0;
  bool draining = false;
  bool stopping = false;  // connections end with the request they are at

  struct Connection {
    net::Stream* stream = nullptr;
    HttpExchange* exchange = nullptr;  // while a request is handled
  };
  std::unordered_set<Connection*> connections;
  std::unordered_map<std::string, std::size_t> per_source;
  Event no_connections;
};

}  // namespace cus::web
