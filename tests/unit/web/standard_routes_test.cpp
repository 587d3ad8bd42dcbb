// SPDX-License-Identifier: Apache-2.0
#include "cus/web/standard_routes.hpp"

#include <nlohmann/json.hpp>

#include "support.hpp"

namespace cus::web {
namespace {

class StandardRoutesTest : public ServerTest {
 protected:
  void open(Readiness readiness) {
    routes = standard_routes(std::move(readiness), "1.2.3");
    start();
  }
};

Task<Result<Json>> ready() {
  co_return Json{{"engine", "docker"}};
}

Task<Result<Json>> not_ready() {
  co_return fail(Code::engine_unavailable, "The container engine does not answer.", "connect /secret/path");
}

TEST_F(StandardRoutesTest, GivenALivingServer_WhenAsked_ThenItSaysHealthy) {
  open(not_ready);
  Client client = connect();
  EXPECT_EQ(client.exchange(request("GET /health")).body, R"({"status":"healthy"})");
  EXPECT_EQ(client.exchange(request("GET /livez")).status, 200);
}

TEST_F(StandardRoutesTest, GivenAnEngineThatWorks_WhenReadinessIsAsked_ThenTheFactsAreTold) {
  open(ready);
  const Reply reply = connect().exchange(request("GET /readyz"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"facts":{"engine":"docker"},"status":"ready"})");
}

TEST_F(StandardRoutesTest, GivenAnEngineThatDoesNot_WhenReadinessIsAsked_ThenItIs503WithoutTheCause) {
  open(not_ready);
  const Reply reply = connect().exchange(request("GET /readyz"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, R"({"detail":"The container engine does not answer."})");
}

TEST_F(StandardRoutesTest, GivenAVisitor_WhenItAsksForTheRoot_ThenItLearnsWhatThisIs) {
  open(ready);
  const Reply reply = connect().exchange(request("GET /"));
  EXPECT_THAT(reply.body, testing::AllOf(testing::HasSubstr("1.2.3"), testing::HasSubstr("/mcp")));
  EXPECT_EQ(reply.header("Content-Type"), "text/plain; charset=utf-8");
}

TEST(DumpRoutes, GivenATable_WhenDumped_ThenEachRouteIsALine) {
  const std::string table = dump_routes(standard_routes(ready, "1"));
  EXPECT_EQ(table,
            "GET     /        key   What this server is\n"
            "GET     /health  open  The process answers\n"
            "GET     /livez   open  The process answers\n"
            "GET     /readyz  open  Engine and store can serve a new chat\n");
}

}  // namespace
}  // namespace cus::web
