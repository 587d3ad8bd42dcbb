// SPDX-License-Identifier: Apache-2.0
#pragma once
// The HTTP server: listens, checks each request (head, Host and Origin, key) before its handler sees it,
// keeps every limit, and stops in order: drain() refuses new work, stop() ends what still runs. Belongs to
// the loop; what the routes refer to must live until stop() has returned.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cus/auth/keys.hpp"
#include "cus/auth/origin_policy.hpp"
#include "cus/auth/trusted_proxies.hpp"
#include "cus/auth/user_token.hpp"
#include "cus/web/metrics.hpp"
#include "cus/web/route.hpp"

namespace cus::web {

struct ServerLimits {
  Clock::duration head = std::chrono::seconds(10);  // from the first byte; a new connection: from accept
  Clock::duration idle = std::chrono::seconds(75);  // between requests of a kept connection
  Clock::duration write_stall = std::chrono::seconds(30);  // for each 64 KiB of an answer
  Clock::duration linger = std::chrono::seconds(2);        // for what a refused client still sends
  // A body must bring this many bytes in each window, or end in it.
  Clock::duration body_window = std::chrono::seconds(10);
  std::uint64_t body_bytes_per_window = 10'240;
  std::uint32_t head_bytes = 16 * 1024;
  std::size_t target_bytes = 8'192;
  std::uint64_t body_bytes = 16U << 20U;         // of one request, whatever its handler allows
  std::uint64_t body_bytes_total = 256U << 20U;  // of all requests being handled
  std::size_t connections = 10'000;
  std::size_t connections_per_source = 2'500;  // trusted proxies may have more
  // At once, without event streams and WebSockets; more get 503, or 429 by one key.
  std::size_t requests = 1'024;
  std::size_t requests_per_key = 256;
};

struct ServerOptions {
  std::string address = "127.0.0.1";  // LISTEN_ADDRESS: an IP address
  std::uint16_t port = 8081;          // MCP_PORT; 0: any free one
  ServerLimits limits = {};
  auth::KeyRing keys = {};
  auth::OriginPolicy origins = {};
  auth::TrustedProxies proxies = {};
  std::optional<auth::UserTokens> user_tokens = {};  // set: users must be signed
};

struct ServerCounters {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;  // connections over a cap
  std::uint64_t accept_errors = 0;
  std::uint64_t requests = 0;
};

class Server {
 public:
  Server(const Executor& executor, Routes routes, ServerOptions options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // The port that is listened on. Refused: a port in use, an address that is none, and any address but
  // loopback while there is no key.
  Result<std::uint16_t> listen();
  // Accepts until drain() or stop().
  Task<> run();
  // Stops accepting; a new request on a kept connection gets 503 and the connection closes.
  void drain();
  // Drains, makes every peer_gone() return so that handlers end their streams, closes what is left at the
  // deadline. Returns when no connection is left, shortly after the deadline at the latest.
  Task<> stop(Deadline deadline);

  std::size_t connections() const;
  std::size_t requests_in_progress() const;  // without WebSockets
  std::size_t websockets() const;
  const ServerCounters& counters() const;
  void write_metrics(MetricWriter& writer) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cus::web
