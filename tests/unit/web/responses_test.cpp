// SPDX-License-Identifier: Apache-2.0
#include "cus/web/responses.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::web {
namespace {

TEST(Responses, GivenAFailureElsewhere_WhenAnswered_ThenItIsADetail) {
  const Response response = error_response("/files/x", 404, "Not \"here\"\n");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"detail":"Not \"here\"\n"})");
  EXPECT_EQ(response.headers.find("Content-Type"), "application/json");
}

TEST(Responses, GivenAFailureOnMcp_WhenAnswered_ThenItIsAJsonRpcError) {
  for (const char* path : {"/mcp", "/mcp/"}) {
    const auto body = parse_json(error_response(path, 401, "Send a key.").body);
    ASSERT_TRUE(body);
    EXPECT_EQ(*body, (Json{{"jsonrpc", "2.0"},
                           {"id", nullptr},
                           {"error", {{"code", -32000}, {"message", "Send a key."}}}}));
  }
  EXPECT_NE(error_response("/mcp", 400, "x").body.find("-32600"), std::string::npos);
  EXPECT_NE(error_response("/mcp", 500, "x").body.find("-32603"), std::string::npos);
}

TEST(Responses, GivenAStatusToTryAgainAfter_WhenAnswered_ThenItSaysWhen) {
  EXPECT_TRUE(error_response("/", 429, "x").headers.find("Retry-After"));
  EXPECT_TRUE(error_response("/mcp", 503, "x").headers.find("Retry-After"));
  EXPECT_FALSE(error_response("/", 500, "x").headers.find("Retry-After"));
}

TEST(Responses, GivenAnError_WhenAnswered_ThenItsCauseIsNotTold) {
  const Response response =
      error_response("/", Error{Code::storage_full, "The disk is full.", "write /var/lib/secret: ENOSPC"});
  EXPECT_EQ(response.status, 507);
  EXPECT_EQ(response.body, R"({"detail":"The disk is full."})");
}

TEST(Responses, GivenEachCode_WhenMapped_ThenTheStatusIsOneAClientKnows) {
  const std::vector<std::pair<Code, int>> table = {{Code::invalid_argument, 400},
                                                   {Code::unauthorized, 401},
                                                   {Code::forbidden, 403},
                                                   {Code::not_found, 404},
                                                   {Code::conflict, 409},
                                                   {Code::too_large, 413},
                                                   {Code::too_many, 429},
                                                   {Code::unsupported, 415},
                                                   {Code::timed_out, 408},
                                                   {Code::cancelled, 503},
                                                   {Code::interrupted, 503},
                                                   {Code::unavailable, 503},
                                                   {Code::engine_unavailable, 503},
                                                   {Code::engine_refused, 502},
                                                   {Code::image_missing, 502},
                                                   {Code::storage_full, 507},
                                                   {Code::protocol, 400},
                                                   {Code::io, 500},
                                                   {Code::internal, 500}};
  for (const auto& [code, status] : table) EXPECT_EQ(status_of(code), status) << code_name(code);
}

}  // namespace
}  // namespace cus::web
