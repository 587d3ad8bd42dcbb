// SPDX-License-Identifier: Apache-2.0
#pragma once
// What moves on one connection of a sandbox: counted, bounded and closable from outside. Both streams of the
// connection, the sandbox's and the server's, are legs of one Traffic.

#include <memory>
#include <vector>

#include "cus/net/stream.hpp"

namespace cus::egress {

class Traffic {
 public:
  explicit Traffic(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  std::uint64_t up() const { return up_; }      // bytes from the sandbox
  std::uint64_t down() const { return down_; }  // bytes to the sandbox
  Deadline last_move() const { return last_move_; }
  bool over_limit() const { return over_limit_; }
  bool closed() const { return closed_; }
  // Closes the streams, also those that come later.
  void close();

 private:
  friend class Leg;
  bool exhausted();

  std::uint64_t max_bytes_;
  std::uint64_t up_ = 0;
  std::uint64_t down_ = 0;
  Deadline last_move_ = Clock::now();
  bool over_limit_ = false;
  bool closed_ = false;
  std::vector<net::Stream*> legs_;
};

enum class Side : std::uint8_t { sandbox, server };  // only the sandbox's side is counted
net::StreamPtr make_leg(std::shared_ptr<Traffic> traffic, net::StreamPtr stream, Side side);

}  // namespace cus::egress
