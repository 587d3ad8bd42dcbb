// SPDX-License-Identifier: Apache-2.0
#pragma once
// The unix socket of one sandbox, on which its guest calls home (design D1). Whoever can reach the socket is
// inside that sandbox, but only who knows the token is its guest: the first control connection after
// expect_first() is given it, every later connection must show it. Everything else is closed. Belongs to the
// loop.

#include <functional>
#include <memory>
#include <string>

#include "cus/guest/guest.hpp"

namespace cus::guest {

struct GuestListenerHooks {
  // A client of the guest's proxy ports; `via` is "http" or "socks".
  std::function<void(std::string via, net::StreamPtr stream)> egress;
  // The control connection ended.
  std::function<void()> lost;
};

class GuestListener final : public GuestDialer {
 public:
  GuestListener(Executor executor, GuestListenerHooks hooks);
  ~GuestListener() override;

  // Replaces what lies at `path` (at most 107 bytes), mode 0666, and accepts from now on.
  Result<> listen(const std::string& path);
  // Ends all connections and stops accepting; jobs inside go on.
  void close();

  // Connections that show `token` are the guest's (a sandbox found running).
  void expect_token(std::string token);
  // The next control connection without a token is given `token` (a sandbox about to be started).
  void expect_first(std::string token);

  bool connected() const;
  // False when no guest has called by the deadline.
  Task<bool> wait_connected(Deadline deadline);
  // Which start of the guest is connected; random per start.
  const std::string& boot() const;

  Task<Result<net::HttpConnection>> take(Deadline deadline) override;
  void give_back(net::HttpConnection connection) override;
  Executor executor() override;

  struct State;  // shared with the tasks that serve connections; they may outlive the listener for a moment

 private:
  std::shared_ptr<State> state_;
};

}  // namespace cus::guest
