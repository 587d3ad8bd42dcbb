// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <ctime>

#include "support.hpp"

namespace cus::web {
namespace {

using namespace std::chrono_literals;
using boost::asio::experimental::awaitable_operators::operator&&;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class ShutdownTest : public ServerTest {
 protected:
  void stop(Deadline deadline) {
    test::run_task(loop, stop_task(deadline));
    stopped = true;
  }
  Task<bool> stop_task(Deadline deadline) {
    co_await server->stop(deadline);
    co_return true;
  }
  void run_until_handled() {
    run_until([this] { return server->requests_in_progress() == 1; });
  }
};

Task<> stream_until_gone(Exchange& exchange) {
  co_await exchange.start_events({});
  co_await exchange.send_event("begun", {});
  if (co_await exchange.peer_gone(after(20s))) co_await exchange.send_event("bye", {});
  co_await exchange.end_events();
}

Task<> ignore_everything(Exchange&) {
  co_await sleep_until(after(1h));
}

TEST_F(ShutdownTest, GivenADrain_WhenAKeptConnectionAsksAgain_ThenItIsPutOffAndClosed) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
  server->drain();
  client.send(request("GET /x"));
  EXPECT_THAT(client.rest(),
              AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Connection: close"), HasSubstr("Retry-After: 1")));
}

TEST_F(ShutdownTest, GivenADrain_WhenSomebodyConnects_ThenNobodyListens) {
  start();
  server->drain();
  EXPECT_THROW(connect(), boost::system::system_error);
}

TEST_F(ShutdownTest, GivenADrain_WhenARequestIsInProgress_ThenItIsAnswered) {
  route("POST", "/echo", echo_body);
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 4\r\n") + "ab");
  run_until_handled();
  server->drain();
  client.send("cd");
  EXPECT_EQ(client.reply().body, "abcd");
}

TEST_F(ShutdownTest, GivenIdleConnections_WhenStopped_ThenTheyEndAtOnce) {
  route("GET", "/x", say_path);
  start();
  std::vector<Client> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(connect());
    EXPECT_EQ(clients.back().exchange(request("GET /x")).status, 200);
  }
  EXPECT_EQ(server->connections(), 10U);
  const auto begun = Clock::now();
  stop(after(20s));
  EXPECT_EQ(server->connections(), 0U);
  EXPECT_LT(Clock::now() - begun, 10s);
}

TEST_F(ShutdownTest, GivenAnEventStream_WhenStopped_ThenItEndsProperly) {
  route("GET", "/events", stream_until_gone);
  start();
  Client client = connect();
  client.send(request("GET /events"));
  run_until_handled();
  stop(after(10s));
  const Reply reply = client.reply();
  EXPECT_EQ(reply.body, "data: begun\n\ndata: bye\n\n");
  EXPECT_EQ(client.rest(), "");
}

TEST_F(ShutdownTest, GivenABodyThatIsOnItsWay_WhenStopped_ThenTheClientIsToldToTryAgain) {
  route("POST", "/echo", echo_body);
  options.limits.linger = 20ms;
  start();
  Client client = connect();
  client.send(request("POST /echo", "Content-Length: 10\r\n") + "abc");
  run_until_handled();
  stop(after(10s));
  EXPECT_THAT(client.rest(), StartsWith("HTTP/1.1 503"));
}

TEST_F(ShutdownTest, GivenAHandlerThatDoesNotEnd_WhenStopped_ThenStopEndsShortlyAfterItsDeadline) {
  route("GET", "/stuck", ignore_everything);
  start();
  Client client = connect();
  client.send(request("GET /stuck"));
  run_until_handled();
  stop(after(50ms));
  EXPECT_EQ(client.rest(), "");
}

TEST_F(ShutdownTest, GivenTooManyConnections_WhenOneMoreComes_ThenItIsTurnedAwayAndLaterLetIn) {
  route("GET", "/x", say_path);
  options.limits.connections_per_source = 2;
  start();
  auto first = std::make_unique<Client>(connect());
  Client second = connect();
  EXPECT_EQ(first->exchange(request("GET /x")).status, 200);
  EXPECT_EQ(second.exchange(request("GET /x")).status, 200);
  Client third = connect();
  EXPECT_THAT(third.rest(), AllOf(StartsWith("HTTP/1.1 503"), HasSubstr("Retry-After")));
  EXPECT_EQ(server->counters().refused, 1U);
  first.reset();
  run_until([this] { return server->connections() == 1; });
  EXPECT_EQ(connect().exchange(request("GET /x")).status, 200);
}

// Lowers the number of descriptors to those in use; puts it back at the end.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit low = before_;
    low.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;
  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(ShutdownTest, GivenNoDescriptorsLeft_WhenSomebodyConnects_ThenTheServerWaitsAndThenServes) {
  route("GET", "/x", say_path);
  start();
  Client client = connect();
  {
    const NoDescriptorsLeft none;
    const std::clock_t cpu = std::clock();
    run_until([this] { return server->counters().accept_errors >= 3; });
    EXPECT_LT(std::clock() - cpu, CLOCKS_PER_SEC / 10) << "it must not spin";
  }
  EXPECT_EQ(client.exchange(request("GET /x")).status, 200);
}

TEST(Listen, GivenAPortInUse_WhenListening_ThenTheErrorSaysWhatToDo) {
  boost::asio::io_context loop;
  Server first(loop.get_executor(), {}, {.port = 0});
  const auto port = first.listen();
  ASSERT_TRUE(port);
  Server second(loop.get_executor(), {}, {.port = *port});
  const auto refused = second.listen();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr(std::to_string(*port)), HasSubstr("MCP_PORT")));
}

TEST(Listen, GivenAnAddressThatIsNone_WhenListening_ThenItIsRefused) {
  boost::asio::io_context loop;
  Server named(loop.get_executor(), {}, {.address = "localhost", .port = 0});
  EXPECT_THAT(named.listen().error().message, HasSubstr("LISTEN_ADDRESS"));
  Server foreign(loop.get_executor(), {},
                 {.address = "192.0.2.1", .port = 0, .keys = one_key("0123456789abcdef")});
  EXPECT_EQ(foreign.listen().error().code, Code::io);
}

TEST(Listen, GivenNoKey_WhenListeningBeyondLoopback_ThenItIsRefused) {
  boost::asio::io_context loop;
  for (const char* address : {"0.0.0.0", "::", "192.0.2.1"}) {
    Server server(loop.get_executor(), {}, {.address = address, .port = 0});
    const auto refused = server.listen();
    ASSERT_FALSE(refused) << address;
    EXPECT_THAT(refused.error().message, HasSubstr("MCP_API_KEY"));
  }
}

}  // namespace
}  // namespace cus::web
