// SPDX-License-Identifier: Apache-2.0
#include "web/target.hpp"

#include <gtest/gtest.h>

namespace cus::web {
namespace {

struct Good {
  const char* target;
  const char* path;
  const char* query;
};

class GoodTarget : public testing::TestWithParam<Good> {};

TEST_P(GoodTarget, GivenATarget_WhenParsed_ThenItIsDecodedOnce) {
  const auto target = parse_target(GetParam().target, "localhost:8081");
  ASSERT_TRUE(target) << GetParam().target;
  EXPECT_EQ(target->path, GetParam().path);
  EXPECT_EQ(target->query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(
    Table, GoodTarget,
    testing::Values(Good{"/", "/", ""}, Good{"/mcp", "/mcp", ""}, Good{"/mcp/", "/mcp/", ""},
                    Good{"/mcp?a=%2F..&b", "/mcp", "a=%2F..&b"}, Good{"/a%20b", "/a b", ""},
                    Good{"/%6dcp", "/mcp", ""}, Good{"/%D0%B6.txt", "/\xd0\xb6.txt", ""},
                    Good{"/%252e%252e/x", "/%2e%2e/x", ""}, Good{"/..a/.b/c..", "/..a/.b/c..", ""},
                    Good{"/mcp;x", "/mcp;x", ""}, Good{"/?", "/", ""}, Good{"/a?b?c", "/a", "b?c"},
                    Good{"http://localhost:8081/mcp?q", "/mcp", "q"},
                    Good{"HTTP://LocalHost:8081/mcp", "/mcp", ""}, Good{"http://localhost:8081", "/", ""},
                    Good{"https://localhost:8081?q", "/", "q"}));

class BadTarget : public testing::TestWithParam<const char*> {};

TEST_P(BadTarget, GivenAnAmbiguousTarget_WhenParsed_ThenItIsRefused) {
  const auto target = parse_target(GetParam(), "localhost:8081");
  ASSERT_FALSE(target) << GetParam();
  EXPECT_EQ(target.error().code, Code::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Table, BadTarget,
                         testing::Values("", "*", "mcp", "//mcp", "/a//b", "/a//", "/..", "/../mcp",
                                         "/a/../mcp", "/a/..", "/./mcp", "/%2e%2e/mcp", "/%2E./mcp",
                                         "/a/..;/mcp", "/.;x/mcp", "/mcp%2f", "/%2Fmcp", "/a\\b", "/a%5cb",
                                         "/%00", "/a%0d%0ab", "/a%7f", "/a%1b", "/%", "/%2", "/%zz",
                                         "/%c0%af", "/%ff", "/%ed%a0%80", "/a#b", "http://evil.example/mcp",
                                         "http://localhost/mcp", "http://localhost:8081@evil/mcp",
                                         "ftp://localhost:8081/", "localhost:8081", "http:///mcp"));

}  // namespace
}  // namespace cus::web
