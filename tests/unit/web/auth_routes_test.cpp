// SPDX-License-Identifier: Apache-2.0
// Cases C01, C04 and B02 over sockets: the tables are made from the routes, so that a new route is covered.
#include "cus/web/standard_routes.hpp"

#include <nlohmann/json.hpp>

#include "support.hpp"

namespace cus::web {
namespace {

Task<Result<Json>> ready() {
  co_return Json();
}

class AuthRoutesTest : public ServerTest {
 protected:
  void open() {
    routes = standard_routes(ready, "1");
    route("POST", "/mcp", echo_body, Auth::key);
    route("GET", "/files/*", say_path, Auth::key);
    options.keys = one_key("right-key");
    start();
  }
  static std::string path_of(const Route& known) {
    return known.path.ends_with("/*") ? known.path.substr(0, known.path.size() - 1) + "a" : known.path;
  }
  int status(const Route& known, std::string_view fields, std::string_view query = {}) {
    return connect()
        .exchange(request(known.method + " " + path_of(known) + std::string(query), fields))
        .status;
  }
  int status_with_host(const Route& known, std::string_view host, std::string_view fields) {
    return connect()
        .exchange(known.method + " " + path_of(known) + " HTTP/1.1\r\nHost: " + std::string(host) + "\r\n" +
                  std::string(fields) + "\r\n")
        .status;
  }
};

TEST_F(AuthRoutesTest, GivenEachRoute_WhenCalledWithEachCredential_ThenOnlyTheTableDecides) {
  open();
  for (const Route& known : routes) {
    const bool is_open = known.auth.get() == Auth::open;
    const int refused = is_open ? 200 : 401;
    EXPECT_EQ(status(known, ""), refused) << known.path;
    EXPECT_EQ(status(known, "", "?key=right-key&api_key=right-key&token=right-key"), refused) << known.path;
    EXPECT_EQ(status(known, "Authorization: Basic right-key\r\n"), refused) << known.path;
    EXPECT_EQ(status(known, "Authorization: Bearer \r\n"), refused) << known.path;
    EXPECT_EQ(status(known, "Cookie: key=right-key\r\n"), refused) << known.path;
    EXPECT_EQ(status(known, "X-API-Key: right-ke\r\n"), refused) << known.path;
    EXPECT_EQ(status(known, "Authorization: Bearer right-key\r\n"), 200) << known.path;
    EXPECT_EQ(status(known, "authorization: bearer right-key\r\n"), 200) << known.path;
    EXPECT_EQ(status(known, "X-API-Key: right-key\r\n"), 200) << known.path;
    EXPECT_EQ(status(known, "X-API-Key: right-key\r\nX-API-Key: right-key\r\n"), 400) << known.path;
  }
}

TEST_F(AuthRoutesTest, GivenTheOpenRoutes_WhenListed_ThenTheyAreTheKnownOnes) {
  open();
  std::vector<std::string> open_paths;
  for (const Route& known : routes) {
    if (known.auth.get() == Auth::open) open_paths.push_back(known.path);
  }
  EXPECT_THAT(open_paths, testing::ElementsAre("/health", "/livez", "/readyz"));
}

TEST_F(AuthRoutesTest, GivenEachRoute_WhenHostOrOriginIsForeign_ThenItIs403WhateverTheKey) {
  open();
  for (const Route& known : routes) {
    for (const char* key : {"", "X-API-Key: right-key\r\n", "X-API-Key: wrong\r\n"}) {
      for (const char* host : {"evil.example", "localhost.", "127.1", "2130706433", "0.0.0.0", "192.0.2.1"}) {
        EXPECT_EQ(status_with_host(known, host, key), 403) << known.path << " " << host;
      }
      for (const char* origin :
           {"null", "https://evil.example", "http://localhost.evil.example", "file://"}) {
        EXPECT_EQ(status(known, std::string(key) + "Origin: " + origin + "\r\n"), 403)
            << known.path << " " << origin;
      }
    }
    for (const char* host : {"127.0.0.1:8081", "[::1]:9", "LOCALHOST", "computer-use-server:8081"}) {
      EXPECT_EQ(status_with_host(known, host, "X-API-Key: right-key\r\nOrigin: http://127.0.0.1:3000\r\n"),
                200)
          << known.path << " " << host;
    }
  }
}

TEST_F(AuthRoutesTest, GivenManyWrongKeys_WhenTheyGoOn_ThenTheyAreSlowedDownWithinTwenty) {
  open();
  Client client = connect();
  int tries = 0;
  Reply reply;
  do {
    reply =
        client.exchange(request("POST /mcp", "Authorization: Bearer guess" + std::to_string(tries) + "\r\n"));
  } while (reply.status == 401 && ++tries < 20);
  EXPECT_EQ(reply.status, 429);
  EXPECT_GE(std::stoi(reply.header("Retry-After")), 1);
  EXPECT_THAT(reply.body, testing::HasSubstr("jsonrpc"));
  EXPECT_EQ(client.exchange(request("GET /health")).status, 200);
}

TEST_F(AuthRoutesTest, GivenNoKeyConfigured_WhenCalledOnLoopback_ThenTheCallerIsTheDefaultTenant) {
  route(
      "GET", "/who",
      [](Exchange& exchange) -> Task<> {
        co_await exchange.respond(
            text_response(200, exchange.request().tenant.value_or(TenantId("nobody")).str()));
      },
      Auth::key);
  start();
  EXPECT_EQ(connect().exchange(request("GET /who")).body, "default");
  EXPECT_EQ(connect().exchange(request("GET /who", "X-API-Key: anything\r\n")).body, "default");
}

}  // namespace
}  // namespace cus::web
