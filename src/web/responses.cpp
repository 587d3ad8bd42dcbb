// SPDX-License-Identifier: Apache-2.0
#include "cus/web/responses.hpp"

#include <nlohmann/json.hpp>

namespace cus::web {
namespace {

constexpr int json_rpc_invalid_request = -32600;
constexpr int json_rpc_server_error = -32000;
constexpr int json_rpc_internal_error = -32603;

Json json_rpc_error(int status, std::string_view message) {
  int code = json_rpc_server_error;
  if (status == 400 || status == 413) code = json_rpc_invalid_request;
  if (status == 500) code = json_rpc_internal_error;
  return {{"jsonrpc", "2.0"}, {"id", nullptr}, {"error", {{"code", code}, {"message", message}}}};
}

}  // namespace

Response error_response(std::string_view path, int status, std::string_view message) {
  const bool json_rpc = path == "/mcp" || path == "/mcp/";
  Response response =
      json_response(status, json_rpc ? json_rpc_error(status, message) : Json{{"detail", message}});
  if (status == 429 || status == 503) response.headers.set("Retry-After", "1");
  return response;
}

Response error_response(std::string_view path, const Error& error) {
  return error_response(path, status_of(error.code), error.message);
}

Response json_response(int status, const Json& body) {
  Response response{.status = status, .headers = {}, .body = dump_json(body)};
  response.headers.set("Content-Type", "application/json");
  return response;
}

Response text_response(int status, std::string text) {
  Response response{.status = status, .headers = {}, .body = std::move(text)};
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  return response;
}

}  // namespace cus::web
