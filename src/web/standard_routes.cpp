// SPDX-License-Identifier: Apache-2.0
#include "cus/web/standard_routes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/web/responses.hpp"

namespace cus::web {
namespace {

Task<> answer(Exchange& exchange, Response response) {
  co_await exchange.respond(std::move(response));
}

Task<> answer_readiness(Exchange& exchange, Readiness readiness) {
  const Result<Json> facts = co_await readiness();
  Response response = facts ? json_response(200, {{"status", "ready"}, {"facts", *facts}})
                            : error_response(exchange.request().path, 503, facts.error().message);
  co_await exchange.respond(std::move(response));
}

std::string index_text(const std::string& version) {
  return "Computer Use Server " + version +
         "\n\n"
         "Every chat gets a computer of its own: a sandbox that a model drives over MCP.\n\n"
         "MCP endpoint    /mcp      (Streamable HTTP; header X-Chat-Id names the chat)\n"
         "Alive           /health   /livez\n"
         "Ready to work   /readyz\n";
}

}  // namespace

Routes standard_routes(Readiness readiness, const std::string& version) {
  const auto healthy = [](Exchange& exchange) {
    return answer(exchange, json_response(200, {{"status", "healthy"}}));
  };
  return {
      {.method = "GET",
       .path = "/",
       .auth = Auth::key,
       .purpose = "What this server is",
       .handle = [text = index_text(version)](
                     Exchange& exchange) { return answer(exchange, text_response(200, text)); }},
      {.method = "GET",
       .path = "/health",
       .auth = Auth::open,
       .purpose = "The process answers",
       .handle = healthy,
       .always = true},
      {.method = "GET",
       .path = "/livez",
       .auth = Auth::open,
       .purpose = "The process answers",
       .handle = healthy,
       .always = true},
      {.method = "GET",
       .path = "/readyz",
       .auth = Auth::open,
       .purpose = "Engine and store can serve a new chat",
       .handle = [readiness = std::move(readiness)](
                     Exchange& exchange) { return answer_readiness(exchange, readiness); },
       .always = true},
  };
}

std::string dump_routes(const Routes& routes) {
  std::size_t path_width = 0;
  for (const Route& route : routes) path_width = std::max(path_width, route.path.size());
  const auto padded = [](std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
  };
  std::string table;
  for (const Route& route : routes) {
    table += padded(route.method, 6) + padded(route.path, path_width) +
             padded(route.auth.get() == Auth::key ? "key" : "open", 4) + route.purpose + "\n";
  }
  return table;
}

}  // namespace cus::web
