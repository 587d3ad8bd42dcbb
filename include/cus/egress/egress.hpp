// SPDX-License-Identifier: Apache-2.0
#pragma once
// The way out (design D3): the guest hands each connection to its proxy ports over unread; here the proxy
// protocol is spoken, the name resolved, private addresses refused, and the bytes moved.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"
#include "cus/net/stream.hpp"

namespace cus::egress {

enum class Entry { http, socks };

// One exception of EGRESS_ALLOW_PRIVATE: addresses in cidr may be reached on port (0: any port).
struct PrivateException {
  std::string network;  // "10.1.2.0/24", "::1/128"
  std::uint16_t port = 0;
};
// "cidr:port,cidr:port"; a single address needs no /length; IPv6 in brackets: "[::1]:8080". Port "*" or none:
// any.
Result<std::vector<PrivateException>> parse_exceptions(const std::string& text);

struct Options {
  bool enabled = true;  // false: every request is answered with the reason
  std::vector<PrivateException> allow_private;
  std::size_t max_connections_per_sandbox = 128;
  std::size_t max_connections = 2048;
  std::uint64_t max_bytes_per_connection = 16ULL << 30U;  // both ways together
  Clock::duration connect_timeout = std::chrono::seconds(15);
  Clock::duration idle_timeout = std::chrono::minutes(5);
};

class Egress {
 public:
  // Look-ups of names may each hold a thread of `pool` for many seconds: give it one of its own. It must
  // outlive the loop's tasks.
  Egress(Executor executor, BlockingPool& pool, Options options);
  Egress(const Egress&) = delete;
  Egress& operator=(const Egress&) = delete;
  ~Egress();

  // Serves one connection of `sandbox` until it ends. The stream is just behind the guest's hello.
  Task<> serve(StorageId sandbox, Entry entry, net::StreamPtr stream);
  std::size_t open_connections() const;
  // Ends all open connections; their tasks end at their next step.
  void close_all();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace cus::egress
