// SPDX-License-Identifier: Apache-2.0
#pragma once
// One connection of a sandbox while it is served: what both proxy protocols need to know and to report.

#include <optional>

#include "egress/dialler.hpp"
#include "egress/traffic.hpp"

namespace cus::egress {

struct Session {
  StorageId sandbox;
  Dialler& dialler;
  const Options& options;
  std::shared_ptr<Traffic> traffic;
  std::optional<Refusal> denied;  // decided before the request: caps, a disabled network

  // For the log line at the end.
  Destination last;
  std::size_t requests = 0;
  Outcome outcome = Outcome::done;

  // How long the client may take for its request once it has begun.
  Deadline request_deadline() const;
  Deadline idle_deadline() const { return traffic->last_move() + options.idle_timeout; }
  // The connection to `to`, as a leg of the traffic. Notes destination and refusal.
  Task<Allowed<net::StreamPtr>> dial(Destination to);
  // Moves bytes between sandbox and server until both have ended.
  Task<> splice(net::Stream& sandbox_side, net::Stream& server_side);
};

// Ends our side and reads what the client is still sending, for a moment: closing on unread bytes would
// destroy the answer on its way.
Task<> let_it_read(net::Stream& client);

// The two proxy protocols. Each takes the sandbox's leg and returns when the connection has ended.
Task<> serve_http(Session& session, net::StreamPtr client);
Task<> serve_socks(Session& session, net::StreamPtr client);

}  // namespace cus::egress
