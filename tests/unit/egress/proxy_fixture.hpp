// SPDX-License-Identifier: Apache-2.0
#pragma once
// An Egress on a loop of its own, servers on loopback that it may reach, and clients that talk to it as the
// guest's connections do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cus/base/event.hpp"
#include "cus/base/spawn.hpp"
#include "cus/egress/egress.hpp"
#include "cus/net/http.hpp"
#include "support/run_task.hpp"

namespace cus::egress {

// What a server has seen; shared with its connections.
struct Seen {
  std::size_t connections = 0;
  std::vector<std::string> requests;  // heads, or for raw servers everything up to the end
  std::string bodies;
  std::size_t sent = 0;
};

using Handler = std::function<Task<>(net::StreamPtr, std::shared_ptr<Seen>)>;

class Origin {
 public:
  Origin(boost::asio::io_context& loop, Handler handler);
  Origin(const Origin&) = delete;
  Origin& operator=(const Origin&) = delete;
  ~Origin();
  std::uint16_t port() const;
  std::string at(std::string_view path = "") const;  // "127.0.0.1:port" + path
  const Seen& seen() const { return *seen_; }

 private:
  struct Listener;
  std::shared_ptr<Listener> listener_;
  std::shared_ptr<Seen> seen_;
};

// Reads one request with its body, then says `answer` and closes.
Handler answering(std::string answer);
// Answers every request of a connection with what it was: method, target, size of the body.
Handler describing();
// Sends back what it reads; at the end of it "bye", then its own end.
Handler echoing();
// Accepts and says nothing until the peer leaves.
Handler silent();

class Client {
 public:
  Client(boost::asio::io_context& loop, net::StreamPtr stream) : loop_(loop), stream_(std::move(stream)) {}
  void send(std::string_view bytes);
  void half_close() { stream_->shutdown_send(); }
  void close() { stream_->close(); }
  std::string read_to_end();
  std::string read_exactly(std::size_t size);
  std::string read_until(std::string_view mark);
  net::StreamPtr release() { return std::move(stream_); }

 private:
  boost::asio::io_context& loop_;
  net::StreamPtr stream_;
  std::string buffer_;
};

class EgressTest : public ::testing::Test {
 protected:
  static Options open_loopback();
  void start(Options options) { egress_.emplace(loop_.get_executor(), pool_, std::move(options)); }
  Client connect(Entry entry, const std::string& sandbox = std::string(32, 'a'));
  // One request on a connection of its own, read to the end.
  std::string ask(std::string_view bytes, Entry entry = Entry::http);
  void run_until(const std::function<bool()>& condition);
  void SetUp() override { start(open_loopback()); }
  void TearDown() override;

  boost::asio::io_context loop_;
  BlockingPool pool_{1};
  std::optional<Egress> egress_;
};

}  // namespace cus::egress
