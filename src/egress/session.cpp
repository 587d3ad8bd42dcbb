// SPDX-License-Identifier: Apache-2.0
#include "egress/session.hpp"

#include <algorithm>
#include <array>

namespace cus::egress {
namespace {

constexpr Clock::duration request_patience = std::chrono::seconds(30);
// A connection beyond the caps is only there to be told so.
constexpr Clock::duration denied_patience = std::chrono::seconds(2);

constexpr Clock::duration linger = std::chrono::seconds(2);
constexpr std::size_t linger_bytes = 1U << 20U;

}  // namespace

Deadline Session::request_deadline() const {
  return after(denied ? denied_patience : std::min(request_patience, options.idle_timeout));
}

Task<Allowed<net::StreamPtr>> Session::dial(Destination to) {
  last = std::move(to);
  ++requests;
  Allowed<net::StreamPtr> stream;
  if (denied) {
    stream = std::unexpected(*denied);
  } else {
    stream = co_await dialler.dial(sandbox, last);
  }
  if (!stream) {
    outcome = stream.error().why;
    co_return std::unexpected(std::move(stream.error()));
  }
  co_return make_leg(traffic, std::move(*stream), Side::server);
}

Task<> Session::splice(net::Stream& sandbox_side, net::Stream& server_side) {
  const auto moved = co_await net::splice(sandbox_side, server_side, options.idle_timeout);
  static_cast<void>(moved);  // the legs have counted
  if (Clock::now() >= idle_deadline()) outcome = Outcome::idle;
}

Task<> let_it_read(net::Stream& client) {
  std::array<char, 4096> scrap;
  std::size_t left = linger_bytes;
  const Deadline deadline = after(linger);
  client.shutdown_send();
  while (left > 0 && Clock::now() < deadline) {
    const Result<std::size_t> got = co_await client.read_some(scrap, deadline);
    if (!got || *got == 0) break;
    left -= std::min(left, *got);
  }
}

}  // namespace cus::egress
