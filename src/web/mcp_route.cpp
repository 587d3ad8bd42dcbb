// SPDX-License-Identifier: Apache-2.0
#include "cus/web/mcp_route.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/log.hpp"
#include "mcp_accept.hpp"
#include "mcp_call.hpp"
#include "mcp_identity.hpp"

namespace cus::web {
namespace {

Response json_response(const mcp::Reply& reply) {
  Response response{.status = reply.status, .headers = {}, .body = reply.message.value_or("")};
  response.headers.set("Cache-Control", "no-store");
  if (reply.message) response.headers.set("Content-Type", "application/json");
  if (reply.status == 405) response.headers.set("Allow", "POST");
  if (reply.status == 429) response.headers.set("Retry-After", "1");
  if (reply.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

// A client that has gone is no error: there is nobody left to tell.
Task<> respond(Exchange& exchange, mcp::Reply reply) {
  const Result<> sent = co_await exchange.respond(json_response(reply));
  if (!sent) log::failure(log::Level::debug, "mcp.unsent", sent.error());
}

Task<> answer_as_events(Exchange& exchange, std::shared_ptr<McpCall> call,
                        std::chrono::milliseconds keep_alive) {
  Result<> sent = co_await exchange.start_events({});
  while (sent) {
    if (call->has_notification()) {
      sent = co_await exchange.send_event(call->take_notification(), {});
    } else if (call->reply()) {
      if (call->reply()->message) sent = co_await exchange.send_event(*call->reply()->message, {});
      if (sent) sent = co_await exchange.end_events();
      break;
    } else if (!co_await call->wait(after(keep_alive))) {
      sent = co_await exchange.send_comment("keep-alive");
    }
  }
  call->abandon();
  if (!sent) log::failure(log::Level::debug, "mcp.unsent", sent.error());
}

// Why the head must be refused before its body is read; nullopt: it is fine.
std::optional<mcp::Reply> refuse_head(const Request& request, Accepted accepted) {
  if (!has_json_body(request.headers))
    return mcp::refuse(415, "Send the message with Content-Type: application/json and without compression.");
  if (!accepted.json && !accepted.events)
    return mcp::refuse(406, "Accept application/json or text/event-stream, or better both.");
  if (request.headers.count("MCP-Protocol-Version") > 1)
    return mcp::refuse(400, "Send the header MCP-Protocol-Version once.");
  return std::nullopt;
}

mcp::Reply body_refusal(const Error& error, std::uint64_t limit) {
  if (error.code == Code::too_large)
    return mcp::refuse(413, "The body is too large: at most " + std::to_string(limit) + " bytes are taken.");
  if (error.code == Code::timed_out) return mcp::refuse(408, "The body did not arrive in time.");
  return mcp::refuse(400, "The body could not be read.");
}

Task<> post_mcp(mcp::Server* server, McpOptions options, Exchange& exchange) {
  const Request& request = exchange.request();
  const Accepted accepted = read_accept(request.headers);
  if (auto refusal = refuse_head(request, accepted))
    co_return co_await respond(exchange, std::move(*refusal));
  Result<tools::Caller> caller = read_caller(request);
  if (!caller) {
    const int status = caller.error().code == Code::unauthorized ? 401 : 400;
    co_return co_await respond(exchange, mcp::refuse(status, caller.error().message));
  }
  Result<std::string> body = co_await exchange.read_body(options.max_body_bytes);
  if (!body) co_return co_await respond(exchange, body_refusal(body.error(), options.max_body_bytes));

  std::optional<std::string> version;
  if (const auto header = request.headers.find("MCP-Protocol-Version"); header && !header->empty())
    version = *header;
  auto call = std::make_shared<McpCall>(exchange.executor());
  if (!accepted.events) call->abandon();
  McpCall::start(call, exchange.executor(), *server, std::move(*body), std::move(*caller),
                 std::move(version));
  co_await call->wait(accepted.events ? after(options.patience) : no_deadline);
  // A refusal has a status of its own, so it is never an event.
  const bool done = call->reply() && !call->has_notification();
  if (done && (accepted.json || call->reply()->status != 200)) {
    co_return co_await respond(exchange, *call->reply());
  }
  co_await answer_as_events(exchange, std::move(call), options.keep_alive);
}

Task<> refuse_method(Exchange& exchange) {
  return respond(exchange, mcp::refuse(405,
                                       "This endpoint takes POST only: it keeps no stream of its own and no "
                                       "session to end."));
}

Task<> get_info(mcp::Server* server, Exchange& exchange) {
  Json tools = Json::array();
  for (const tools::Tool& tool : server->tools()) {
    tools.push_back({{"name", tool.name}, {"description", tool.description}});
  }
  const Json info = {
      {"name", mcp::server_name},
      {"version", server->options().server_version},
      {"description", "Gives every chat a computer of its own: commands run in a sandbox."},
      {"tools", std::move(tools)},
      {"headers", {{"required", {"X-Chat-Id"}}, {"optional", {"X-User-Email", "X-User-Name"}}}}};
  return respond(exchange, {.message = dump_json(info)});
}

}  // namespace

Routes mcp_routes(mcp::Server& server, McpOptions options) {
  Routes routes;
  for (const char* path : {"/mcp", "/mcp/"}) {
    routes.push_back(
        {.method = "POST",
         .path = path,
         .auth = Auth::key,
         .purpose = "MCP messages (Streamable HTTP)",
         .handle = [&server, options](Exchange& exchange) { return post_mcp(&server, options, exchange); }});
    for (const char* method : {"GET", "DELETE"}) {
      routes.push_back({.method = method,
                        .path = path,
                        .auth = Auth::key,
                        .purpose = "refused with 405: no stream, no sessions",
                        .handle = refuse_method});
    }
  }
  routes.push_back({.method = "GET",
                    .path = "/mcp-info",
                    .auth = Auth::key,
                    .purpose = "name, tools and headers of the MCP server",
                    .handle = [&server](Exchange& exchange) { return get_info(&server, exchange); }});
  return routes;
}

}  // namespace cus::web
