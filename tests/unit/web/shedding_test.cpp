// SPDX-License-Identifier: Apache-2.0
// More requests than are taken at once, on real connections.
#include "support.hpp"

namespace cus::web {
namespace {

using testing::HasSubstr;

class Shedding : public ServerTest {
 protected:
  Shedding() {
    options.limits.requests = 3;
    options.limits.requests_per_key = 2;
    options.keys = *auth::KeyRing::parse({.named = "a:key-a,b:key-b,c:key-c"});
    route("POST", "/mcp", [this](Exchange& exchange) { return wait(exchange); }, Auth::key);
    route("GET", "/events", [this](Exchange& exchange) { return stream(exchange); }, Auth::key);
    routes.push_back({.method = "GET",
                      .path = "/health",
                      .auth = Auth::open,
                      .purpose = "test",
                      .handle = say_path,
                      .always = true});
  }

  Task<> wait(Exchange& exchange) {
    ++waiting;
    co_await released.wait();
    co_await exchange.respond(text_response(200, "done"));
  }
  Task<> stream(Exchange& exchange) {
    ++waiting;
    (void)co_await exchange.start_events({});
    co_await released.wait();
    (void)co_await exchange.end_events();
  }

  static std::string call(std::string_view key, std::string_view body = "{}") {
    return request("POST /mcp", "Authorization: Bearer " + std::string(key) + "\r\n", body);
  }
  // A request that is being handled.
  Client busy(const std::string& bytes) {
    Client client = connect();
    const int before = waiting;
    client.send(bytes);
    run_until([&] { return waiting > before; });
    return client;
  }

  void end(std::vector<Client>& clients) {
    released.set();
    for (Client& client : clients) EXPECT_EQ(client.reply().status, 200);
  }

  int waiting = 0;
  Event released{loop.get_executor()};
};

TEST_F(Shedding, GivenAKeyAtItsCap_WhenItAsksForMore_ThenItGets429AndOthersGoOn) {
  start();
  Client first = busy(call("key-a"));
  Client second = busy(call("key-a"));
  const Reply refused = connect().exchange(call("key-a"));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_THAT(refused.body, HasSubstr("\"jsonrpc\""));
  Client other = busy(call("key-b"));
  released.set();
  for (Client* client : {&first, &second, &other}) EXPECT_EQ(client->reply().status, 200);
  EXPECT_EQ(connect().exchange(call("key-a")).status, 200) << "room again";
}

TEST_F(Shedding, GivenAServerAtItsCap_WhenMoreIsAsked_ThenItIs503AndHealthStillAnswers) {
  start();
  std::vector<Client> clients;
  for (const char* key : {"key-a", "key-a", "key-b"}) clients.push_back(busy(call(key)));
  const Reply refused = connect().exchange(call("key-c"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("Retry-After"), "1");
  EXPECT_EQ(connect().exchange(request("GET /health")).status, 200);
  end(clients);
}

TEST_F(Shedding, GivenAServerAtItsCap_WhenAWrongKeyComes_ThenItIs401) {
  start();
  std::vector<Client> clients;
  for (const char* key : {"key-a", "key-a", "key-b"}) clients.push_back(busy(call(key)));
  EXPECT_EQ(connect().exchange(call("wrong")).status, 401);
  end(clients);
}

TEST_F(Shedding, GivenARefusal_WhenItsBodyIsLarge_ThenNothingOfItIsWaitedFor) {
  start();
  std::vector<Client> clients;
  for (const char* key : {"key-a", "key-a"}) clients.push_back(busy(call(key)));
  const std::string head = "Authorization: Bearer key-a\r\nContent-Length: 1000000\r\n";
  EXPECT_EQ(connect().exchange(request("POST /mcp", head)).status, 429);
  end(clients);
}

TEST_F(Shedding, GivenAKeptConnection_WhenRefused_ThenItCarriesTheNextRequest) {
  start();
  std::vector<Client> clients;
  for (const char* key : {"key-a", "key-a"}) clients.push_back(busy(call(key)));
  Client client = connect();
  EXPECT_EQ(client.exchange(call("key-a")).status, 429);
  end(clients);
  EXPECT_EQ(client.exchange(call("key-a")).status, 200);
}

TEST_F(Shedding, GivenEventStreams_WhenManyAreOpen_ThenTheyTakeNoPlaceOfRequests) {
  start();
  std::vector<Client> streams;
  streams.reserve(5);
  for (int i = 0; i < 5; ++i) {
    streams.push_back(busy(request("GET /events", "Authorization: Bearer key-a\r\n")));
  }
  Client client = busy(call("key-a"));
  released.set();
  EXPECT_EQ(client.reply().status, 200);
}

}  // namespace
}  // namespace cus::web
