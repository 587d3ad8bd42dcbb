// SPDX-License-Identifier: Apache-2.0
#include "cus/web/mcp_route.hpp"

#include <nlohmann/json.hpp>

#include "cus/web/responses.hpp"
#include "mcp_accept.hpp"
#include "mcp_delivery.hpp"
#include "mcp_head.hpp"
#include "mcp_identity.hpp"

namespace cus::web {
namespace {

// Why the head must be refused before its body is read; nullopt: it is fine.
std::optional<mcp::Reply> refuse_head(const Request& request, Accepted accepted) {
  if (!has_json_body(request.headers))
    return mcp::refuse(415, "Send the message with Content-Type: application/json and without compression.");
  if (!accepted.json && !accepted.events)
    return mcp::refuse(406, "Accept application/json or text/event-stream, or better both.");
  return std::nullopt;
}

mcp::Reply body_refusal(const Error& error, std::uint64_t limit) {
  if (error.code == Code::too_large)
    return mcp::refuse(413, "The body is too large: at most " + std::to_string(limit) + " bytes are taken.");
  if (error.code == Code::timed_out) return mcp::refuse(408, "The body did not arrive in time.");
  if (error.code == Code::unavailable) return mcp::refuse(503, error.message);
  return mcp::refuse(400, "The body could not be read.");
}

mcp::Reply caller_refusal(const Error& error) {
  return mcp::refuse(error.code == Code::unauthorized ? 401 : 400, error.message);
}

Task<> post_mcp(mcp::Server* server, McpOptions options, Exchange& exchange) {
  const Request& request = exchange.request();
  const Accepted accepted = read_accept(request.headers);
  if (auto refusal = refuse_head(request, accepted))
    co_return co_await respond_mcp(exchange, std::move(*refusal));
  Result<tools::Caller> caller = read_caller(request);
  if (!caller) co_return co_await respond_mcp(exchange, caller_refusal(caller.error()));
  Result<std::string> body = co_await exchange.read_body(options.max_body_bytes);
  if (!body) co_return co_await respond_mcp(exchange, body_refusal(body.error(), options.max_body_bytes));
  mcp::Posted posted =
      co_await server->post(read_mcp_head(request.headers), std::move(*body), std::move(*caller));
  if (!posted.channel) co_return co_await deliver_reply(exchange, std::move(posted.reply), accepted);
  co_await deliver_answer(exchange, std::move(posted.channel), accepted, options);
}

Task<> get_mcp(mcp::Server* server, McpOptions options, Exchange& exchange) {
  const Request& request = exchange.request();
  if (request.method == "HEAD")
    co_return co_await respond_mcp(exchange, mcp::refuse(405, "A stream is opened with GET."));
  if (!read_accept(request.headers).events)
    co_return co_await respond_mcp(exchange, mcp::refuse(406, "A stream needs Accept: text/event-stream."));
  const Result<tools::Caller> caller = read_caller(request);
  if (!caller) co_return co_await respond_mcp(exchange, caller_refusal(caller.error()));
  mcp::Opened opened = server->open_stream(read_mcp_head(request.headers), *caller,
                                           request.headers.find("Last-Event-ID").value_or(""));
  if (!opened.channel) co_return co_await respond_mcp(exchange, std::move(opened.refusal));
  co_await deliver_stream(exchange, std::move(opened.channel), opened.seen, options);
}

Task<> delete_mcp(mcp::Server* server, Exchange& exchange) {
  const Request& request = exchange.request();
  const Result<tools::Caller> caller = read_caller(request);
  if (!caller) co_return co_await respond_mcp(exchange, caller_refusal(caller.error()));
  co_await respond_mcp(exchange, server->end_session(read_mcp_head(request.headers), *caller));
}

Task<> respond_info(Exchange& exchange, Json info) {
  co_await exchange.respond(json_response(200, info));
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
  return respond_info(exchange, info);
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
    routes.push_back(
        {.method = "GET",
         .path = path,
         .auth = Auth::key,
         .purpose = "a session's event stream, or the rest of a broken one",
         .handle = [&server, options](Exchange& exchange) { return get_mcp(&server, options, exchange); }});
    routes.push_back({.method = "DELETE",
                      .path = path,
                      .auth = Auth::key,
                      .purpose = "ends a session",
                      .handle = [&server](Exchange& exchange) { return delete_mcp(&server, exchange); }});
  }
  routes.push_back({.method = "GET",
                    .path = "/mcp-info",
                    .auth = Auth::key,
                    .purpose = "name, tools and headers of the MCP server",
                    .handle = [&server](Exchange& exchange) { return get_info(&server, exchange); }});
  return routes;
}

}  // namespace cus::web
