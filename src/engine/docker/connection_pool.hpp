// SPDX-License-Identifier: Apache-2.0
#pragma once
// Kept-alive connections to the engine's socket. An idle one is handed out only when nothing has arrived on
// it (an end or unasked bytes) and it is young. A call that must not be sent twice takes a fresh one, so that
// it never meets a connection the engine has just given up.

#include <string>
#include <vector>

#include "cus/net/http.hpp"

namespace cus::engine {

enum class Reuse { allowed, never };

struct Connection {
  net::HttpConnection http;
  bool kept = false;  // has carried an earlier call
};

class ConnectionPool {
 public:
  explicit ConnectionPool(std::string socket_path) : socket_path_(std::move(socket_path)) {}

  Task<Result<Connection>> take(Reuse reuse, Deadline deadline);
  // After an answer that was read to its end and lets the connection live on.
  void give_back(net::HttpConnection http);
  void clear() { idle_.clear(); }
  std::size_t idle() const { return idle_.size(); }

 private:
  struct Idle {
    net::HttpConnection http;
    Clock::time_point since;
  };
  std::string socket_path_;
  std::vector<Idle> idle_;
};

}  // namespace cus::engine
