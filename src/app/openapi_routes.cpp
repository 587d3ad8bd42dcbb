// SPDX-License-Identifier: Apache-2.0
#include "cus/web/responses.hpp"
#include "openapi.hpp"

namespace cus::app {
namespace {

Task<> answer(web::Exchange& exchange) {
  web::Response response{.status = 200, .headers = {}, .body = std::string(openapi_document())};
  response.headers.set("Content-Type", "application/json");
  co_await exchange.respond(std::move(response));
}

}  // namespace

web::Routes openapi_routes() {
  return {{.method = "GET",
           .path = "/openapi.json",
           .auth = web::Auth::key,
           .purpose = "This API as OpenAPI 3.1",
           .handle = answer}};
}

}  // namespace cus::app
