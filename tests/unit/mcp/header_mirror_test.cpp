// SPDX-License-Identifier: Apache-2.0
#include "mcp/header_mirror.hpp"

#include <gtest/gtest.h>

namespace cus::mcp {
namespace {

Head head(std::string_view method, std::optional<std::string_view> name = {}) {
  return {.version = "2026-07-28", .method = method, .name = name};
}

bool agrees(const Head& sent, std::string_view method, const std::string& params) {
  const auto refusal = check_standard_headers(sent, "2026-07-28", method, *parse_json(params));
  if (refusal) {
    EXPECT_EQ(refusal->code, -32020);
    EXPECT_EQ(refusal->status, 400);
  }
  return !refusal;
}

TEST(HeaderMirror, GivenHeadersThatRepeatTheBody_WhenChecked_ThenTheyAgree) {
  EXPECT_TRUE(agrees(head("tools/list"), "tools/list", "{}"));
  EXPECT_TRUE(agrees(head("tools/list", "whatever"), "tools/list", "{}"));
  EXPECT_TRUE(agrees(head("tools/call", "  echo\t"), "tools/call", R"({"name":"echo"})"));
  EXPECT_TRUE(agrees(head("resources/read", "a://b"), "resources/read", R"({"uri":"a://b"})"));
  EXPECT_TRUE(agrees(head("prompts/get", "=?base64?w6k=?="), "prompts/get", R"({"name":"é"})"));
}

TEST(HeaderMirror, GivenHeadersThatDiffer_WhenChecked_ThenTheyAreRefused) {
  EXPECT_FALSE(agrees(head("tools/list"), "prompts/list", "{}"));
  EXPECT_FALSE(agrees(head("TOOLS/LIST"), "tools/list", "{}"));
  EXPECT_FALSE(agrees(head("tools/call", "other"), "tools/call", R"({"name":"echo"})"));
  EXPECT_FALSE(agrees(head("tools/call", "Echo"), "tools/call", R"({"name":"echo"})"));
  EXPECT_FALSE(agrees(head("tools/call", "echo"), "tools/call", R"({"name":7})"));
  Head old = head("tools/list");
  old.version = "2025-11-25";
  EXPECT_FALSE(agrees(old, "tools/list", "{}"));
}

TEST(HeaderMirror, GivenAMissingOrRepeatedHeader_WhenChecked_ThenItIsRefused) {
  EXPECT_FALSE(agrees({.version = "2026-07-28"}, "tools/list", "{}"));
  EXPECT_FALSE(agrees({.method = "tools/list"}, "tools/list", "{}"));
  EXPECT_FALSE(agrees(head("tools/call"), "tools/call", R"({"name":"echo"})"));
  Head twice = head("tools/list");
  twice.repeated = "Mcp-Method";
  EXPECT_FALSE(agrees(twice, "tools/list", "{}"));
}

TEST(HeaderMirror, GivenAnEncodedValue_WhenDecoded_ThenOnlyStrictBase64OfTextCounts) {
  EXPECT_EQ(decode_header("=?base64?SGVsbG8=?="), "Hello");
  EXPECT_EQ(decode_header("=?base64?SGVsbG8="), "=?base64?SGVsbG8=");
  EXPECT_EQ(decode_header("SGVsbG8="), "SGVsbG8=");
  for (const char* bad : {"=?base64?SGVsbG8?=", "=?base64?SGVs!!!bG8=?=", "=?base64?/w==?=",
                          "=?base64?SGVsbG9=?=", "a\x01", "\xC3\xA9", "a\x7F"})
    EXPECT_EQ(decode_header(bad), std::nullopt) << bad;
}

struct ParamHeaders : testing::Test {
  bool agrees(std::vector<std::pair<std::string_view, std::string_view>> sent, const std::string& arguments) {
    Head given;
    given.params = std::move(sent);
    return !check_param_headers(given, declared, *parse_json(arguments));
  }
  std::vector<ParamHeader> declared = param_headers(*parse_json(R"({"properties":{
    "text":{"type":"string","x-mcp-header":"Text"}, "count":{"type":"integer","x-mcp-header":"Count"},
    "flag":{"type":"boolean","x-mcp-header":"Flag"}, "list":{"type":"array","x-mcp-header":"List"},
    "odd":{"type":"string","x-mcp-header":"no token"},
    "deep":{"type":"object","properties":{"inner":{"type":"string","x-mcp-header":"Inner"}}}}})"));
};

TEST_F(ParamHeaders, GivenASchema_WhenRead_ThenOnlyPlainPropertiesWithATokenCount) {
  EXPECT_EQ(declared.size(), 4U);
}

TEST_F(ParamHeaders, GivenValuesThatAreRepeated_WhenChecked_ThenTheyAgree) {
  EXPECT_TRUE(agrees({}, "{}"));
  EXPECT_TRUE(agrees({}, R"({"text":null})"));
  EXPECT_TRUE(agrees({{"TEXT", "a"}, {"count", "7"}, {"Flag", "true"}, {"Inner", "=?base64?w6k=?="}},
                     R"({"text":"a","count":7,"flag":true,"deep":{"inner":"é"}})"));
  EXPECT_TRUE(agrees({{"Count", "7.0"}}, R"({"count":7})"));
  EXPECT_TRUE(agrees({{"Unknown", "x"}}, "{}"));
}

TEST_F(ParamHeaders, GivenValuesThatDifferOrAreMissing_WhenChecked_ThenTheyAreRefused) {
  EXPECT_FALSE(agrees({}, R"({"text":"a"})"));
  EXPECT_FALSE(agrees({{"Text", "b"}}, R"({"text":"a"})"));
  EXPECT_FALSE(agrees({{"Text", "a"}}, "{}"));
  EXPECT_FALSE(agrees({{"Count", "8"}}, R"({"count":7})"));
  EXPECT_FALSE(agrees({{"Count", "9007199254740993"}}, R"({"count":9007199254740992})"));
  EXPECT_FALSE(agrees({{"Flag", "True"}}, R"({"flag":true})"));
  EXPECT_FALSE(agrees({{"Text", "=?base64?!?="}}, R"({"text":"a"})"));
}

}  // namespace
}  // namespace cus::mcp
