// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/connection_pool.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t max_idle = 8;
constexpr std::chrono::seconds max_age{30};
constexpr net::HttpLimits limits{.head_bytes = 64 * 1024, .body_bytes = 0};

}  // namespace

Task<Result<Connection>> ConnectionPool::take(Reuse reuse, Deadline deadline) {
  while (reuse == Reuse::allowed && !idle_.empty()) {
    Idle candidate = std::move(idle_.back());
    idle_.pop_back();
    if (Clock::now() - candidate.since > max_age) continue;
    const Result<bool> readable = co_await candidate.http.stream().wait_readable(Clock::now());
    if (readable && !*readable) co_return Connection{std::move(candidate.http), true};
  }
  Result<net::StreamPtr> stream = co_await net::connect_unix(socket_path_, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  co_return Connection{net::HttpConnection(std::move(*stream), limits), false};
}

void ConnectionPool::give_back(net::HttpConnection http) {
  if (idle_.size() < max_idle && !http.has_buffered()) idle_.push_back({std::move(http), Clock::now()});
}

}  // namespace cus::engine
