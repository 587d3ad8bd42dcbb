// SPDX-License-Identifier: Apache-2.0
#pragma once
// A real server on a loopback port and clients that speak raw bytes to it, all on one loop: whatever a client
// waits for, the server goes on meanwhile.

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <functional>
#include <memory>

#include "cus/base/event.hpp"
#include "cus/web/responses.hpp"
#include "cus/web/server.hpp"
#include "support/run_task.hpp"

namespace cus::web {

struct Reply {
  int status = 0;
  net::Headers headers = {};
  std::string body = {};
  std::string header(std::string_view name) const { return std::string(headers.find(name).value_or("")); }
};

enum class Ending { orderly, reset };

class Client {
 public:
  Client(boost::asio::io_context& loop, std::uint16_t port, Ending ending = Ending::orderly);

  void send(std::string_view bytes);
  // The next answer; `method` HEAD has no body.
  Reply reply(std::string_view method = "GET");
  Reply exchange(std::string_view bytes) {
    send(bytes);
    return reply();
  }
  // Everything until the server closes.
  std::string rest();
  void half_close() { http_.stream().shutdown_send(); }
  void close() { http_.close(); }

 private:
  boost::asio::io_context& loop_;
  net::HttpConnection http_;
};

class ServerTest : public testing::Test {
 protected:
  ~ServerTest() override;

  // Adds a route; before start().
  void route(std::string method, std::string path, std::function<Task<>(Exchange&)> handle,
             RequiredAuth auth = Auth::open);
  void start();
  Client connect(Ending ending = Ending::orderly) { return {loop, port, ending}; }
  // The server's loop until `done` holds.
  void run_until(const std::function<bool()>& done);
  // A request to localhost; with a body also its Content-Length.
  static std::string request(std::string_view line, std::string_view more = {}, std::string_view body = {});

  boost::asio::io_context loop;
  Routes routes;
  ServerOptions options;
  std::unique_ptr<Server> server;
  std::uint16_t port = 0;
  bool stopped = false;
};

// Handlers.
Task<> say_path(Exchange& exchange);
Task<> echo_body(Exchange& exchange);

auth::KeyRing one_key(const std::string& key);

}  // namespace cus::web
