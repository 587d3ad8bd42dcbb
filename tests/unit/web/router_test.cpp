// SPDX-License-Identifier: Apache-2.0
#include "web/router.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

Route make(std::string method, std::string path) {
  return {
      .method = std::move(method), .path = std::move(path), .auth = Auth::key, .purpose = "p", .handle = {}};
}

const Router& router() {
  static const Router instance({make("GET", "/mcp"), make("POST", "/mcp"), make("POST", "/only-post"),
                                make("GET", "/files/*"), make("GET", "/files/a/*"),
                                make("PUT", "/files/a/b")});
  return instance;
}

std::string found(std::string_view method, std::string_view path) {
  const auto match = router().find(method, path);
  return match.route == nullptr ? "-" : match.route->method + " " + match.route->path;
}

TEST(Router, GivenALiteralPath_WhenLookedUp_ThenItsMethodsAreToldApart) {
  EXPECT_EQ(found("GET", "/mcp"), "GET /mcp");
  EXPECT_EQ(found("POST", "/mcp"), "POST /mcp");
  EXPECT_EQ(found("DELETE", "/mcp"), "-");
  EXPECT_EQ(router().find("DELETE", "/mcp").allow, "GET, HEAD, POST, OPTIONS");
}

TEST(Router, GivenAGetRoute_WhenAskedForHead_ThenItAnswers) {
  EXPECT_EQ(found("HEAD", "/mcp"), "GET /mcp");
  EXPECT_EQ(found("HEAD", "/only-post"), "-");
  EXPECT_EQ(router().find("HEAD", "/only-post").allow, "POST, OPTIONS");
}

TEST(Router, GivenAnUnknownPath_WhenLookedUp_ThenNothingIsAllowed) {
  for (const char* path : {"/", "/mc", "/mcp/", "/mcp/x", "/MCP", "/mcp;x", "/files", "//mcp", "", "*"}) {
    EXPECT_EQ(found("GET", path), "-") << path;
    EXPECT_TRUE(router().find("GET", path).allow.empty()) << path;
  }
}

TEST(Router, GivenNestedWildcards_WhenLookedUp_ThenTheClosestWins) {
  EXPECT_EQ(found("GET", "/files/"), "GET /files/*");
  EXPECT_EQ(found("GET", "/files/x/y"), "GET /files/*");
  EXPECT_EQ(found("GET", "/files/a/c"), "GET /files/a/*");
  EXPECT_EQ(found("PUT", "/files/a/b"), "PUT /files/a/b");
  EXPECT_EQ(found("GET", "/files/a/b"), "-") << "the literal path has no GET";
}

}  // namespace
}  // namespace cus::web
