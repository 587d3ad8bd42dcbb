// SPDX-License-Identifier: Apache-2.0
#pragma once
// Answers in the shapes clients expect: `{"detail": ..}`, and on /mcp a JSON-RPC error, because chat clients
// show a failure's message only when it has that form (contract/mcp.md 5.0).

#include <string>
#include <string_view>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"
#include "cus/net/status.hpp"
#include "cus/web/exchange.hpp"

namespace cus::web {

using net::status_of;

// `message` says what to do. 429 and 503 get a Retry-After of one second; set another one if you know better.
Response error_response(std::string_view path, int status, std::string_view message);
Response error_response(std::string_view path, const Error& error);

Response json_response(int status, const Json& body);
Response text_response(int status, std::string text);

}  // namespace cus::web
