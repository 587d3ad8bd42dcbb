// SPDX-License-Identifier: Apache-2.0
#include "routes.hpp"

#include <fmt/core.h>

#include <boost/asio/io_context.hpp>
#include <iterator>

#include "commands.hpp"
#include "openapi.hpp"

namespace cus::app {

const char* const version = CUS_VERSION;

web::Routes all_routes(mcp::Server& server, web::McpOptions options, web::Readiness readiness,
                       const web::Metrics& metrics) {
  web::Routes routes = web::standard_routes(std::move(readiness), version);
  for (web::Route& route : web::metrics_routes(metrics)) routes.push_back(std::move(route));
  for (web::Route& route : openapi_routes()) routes.push_back(std::move(route));
  for (web::Route& route : web::mcp_routes(server, options)) routes.push_back(std::move(route));
  return routes;
}

namespace {

// The table is the same whatever lies behind it.
class NoComputers final : public sandbox::Computers {
 public:
  Task<Result<sandbox::Computer>> acquire(const ChatKey&, Deadline) override {
    co_return fail(Code::unavailable, "Nothing is served here.");
  }
  void job_running(const StorageId&, const JobId&) override {}
  void job_ended(const StorageId&, const JobId&, const guest::JobEnd&) override {}
};

}  // namespace

web::Routes described_routes() {
  boost::asio::io_context loop;
  NoComputers computers;
  mcp::Server server(loop.get_executor(), computers, {.tools = {}, .server_version = version});
  const web::Metrics metrics;
  web::Routes routes =
      all_routes(server, {}, [] -> Task<Result<Json>> { co_return Json::object(); }, metrics);
  for (web::Route& route : routes) route.handle = nullptr;
  return routes;
}

int run_dump_routes() {
  fmt::print("{}", web::dump_routes(described_routes()));
  return 0;
}

}  // namespace cus::app
