// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "cus/net/stream.hpp"

namespace cus::net {
namespace {

// Moves one direction. `last_move` is shared by both, so that one busy direction keeps a quiet one alive.
Task<> pump(Stream& from, Stream& to, Clock::duration idle, Deadline& last_move, std::uint64_t& moved) {
  std::array<char, 32 * 1024> buffer;
  for (;;) {
    const Result<std::size_t> got = co_await from.read_some(buffer, last_move + idle);
    if (!got) {
      if (got.error().code == Code::timed_out && Clock::now() < last_move + idle) continue;
      break;
    }
    if (*got == 0) {
      to.shutdown_send();
      co_return;
    }
    const Result<> sent = co_await to.write({buffer.data(), *got}, after(idle));
    if (!sent) break;
    moved += *got;
    last_move = Clock::now();
  }
  from.close();
  to.close();
}

}  // namespace

Task<Moved> splice(Stream& a, Stream& b, Clock::duration idle) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  Moved moved;
  Deadline last_move = Clock::now();
  co_await (pump(a, b, idle, last_move, moved.a_to_b) && pump(b, a, idle, last_move, moved.b_to_a));
  co_return moved;
}

}  // namespace cus::net
