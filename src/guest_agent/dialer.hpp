// SPDX-License-Identifier: Apache-2.0
#pragma once
// Calls home: one control connection, and while it lives some work connections that wait for requests. When
// the control connection ends the server is gone: work connections are closed and everything is dialled
// again, with a growing pause, until the server is back. Jobs know nothing of it.

#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include "cus/base/event.hpp"
#include "cus/net/stream.hpp"
#include "hello.hpp"
#include "service.hpp"

namespace cus::guest_agent {

class Dialer {
 public:
  Dialer(Executor executor, std::string socket_path, const Identity& identity, Token token, Service& service);
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

  // Done once, while the server thinks about the first hello: no job can come before its answer.
  void do_meanwhile(std::function<void()> work) { meanwhile_ = std::move(work); }
  // For ever.
  Task<> run();
  // One connection for a client of a proxy port, to be spliced as it is.
  Task<Result<net::StreamPtr>> dial_egress(std::string_view via, Deadline deadline);

 private:
  struct Connection {
    net::StreamPtr stream;
    std::string already_read;
  };
  Task<Result<Connection>> dial(HelloKind kind, Deadline deadline);
  Task<Result<>> say_hello(net::Stream& stream, HelloKind kind, Deadline deadline);
  Task<Result<std::string>> read_answer(net::Stream& stream, std::span<char> into, Deadline deadline);
  Task<> obey(Connection control);
  void obey_line(std::string_view line);
  // Dials until `spare` connections wait for a request.
  void keep_spare();
  void add_work(std::int64_t count);
  Task<> work();
  void close_work();

  Executor executor_;
  std::string socket_path_;
  const Identity& identity_;
  Token token_;
  Service& service_;
  Event connected_;
  std::function<void()> meanwhile_;
  std::unordered_set<net::Stream*> work_;
  int dialled_ = 0;  // work connections, including those being dialled
  int idle_ = 0;     // of these, being dialled or waiting for a request
};

}  // namespace cus::guest_agent
