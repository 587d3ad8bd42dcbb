// SPDX-License-Identifier: Apache-2.0
#include "web/cors.hpp"

#include <gmock/gmock.h>

namespace cus::web {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string allowed_for(std::string asked) {
  net::Headers request;
  if (!asked.empty()) request.set("Access-Control-Request-Headers", std::move(asked));
  return std::string(preflight_headers("GET", request).find("Access-Control-Allow-Headers").value());
}

TEST(Cors, GivenAnAllowedOrigin_WhenAnswered_ThenTheBrowserMayReadWhatMcpClientsNeed) {
  const net::Headers headers = cors_headers("http://localhost:6274");
  EXPECT_EQ(headers.find("Access-Control-Allow-Origin"), "http://localhost:6274");
  EXPECT_EQ(headers.find("Vary"), "Origin");
  for (const char* name : {"mcp-session-id", "mcp-protocol-version", "www-authenticate"}) {
    EXPECT_TRUE(headers.has_token("Access-Control-Expose-Headers", name)) << name;
  }
  EXPECT_FALSE(headers.find("Access-Control-Allow-Credentials"));
}

TEST(Cors, GivenAPreflight_WhenAnswered_ThenTheHeadersOfTheContractAreAllowed) {
  const net::Headers headers = preflight_headers("POST, OPTIONS", {});
  EXPECT_EQ(headers.find("Access-Control-Allow-Methods"), "POST, OPTIONS");
  EXPECT_EQ(headers.find("Access-Control-Max-Age"), "600");
  for (const char* name : {"content-type", "authorization", "accept", "mcp-protocol-version",
                           "mcp-session-id", "mcp-method", "mcp-name", "last-event-id", "x-chat-id"}) {
    EXPECT_TRUE(headers.has_token("Access-Control-Allow-Headers", name)) << name;
  }
}

TEST(Cors, GivenParameterHeaders_WhenAskedFor_ThenTheyAreEchoedAndNothingElseIs) {
  const std::string allowed =
      allowed_for("x-evil, Mcp-Param-City,mcp-param-a b, mcp-param-x\r\nSet-Cookie: a");
  EXPECT_THAT(allowed, HasSubstr(", mcp-param-city"));
  EXPECT_THAT(allowed, Not(HasSubstr("evil")));
  EXPECT_THAT(allowed, Not(HasSubstr("mcp-param-a")));
  EXPECT_THAT(allowed, Not(HasSubstr("ookie")));
}

TEST(Cors, GivenAThousandParameterHeaders_WhenAskedFor_ThenTheAnswerStaysSmall) {
  std::string asked;
  for (int i = 0; i < 1000; ++i) asked += "mcp-param-" + std::to_string(i) + ",";
  EXPECT_LT(allowed_for(asked).size(), 1024U);
}

}  // namespace
}  // namespace cus::web
