// SPDX-License-Identifier: Apache-2.0
#include "mcp/era_choice.hpp"

#include <gtest/gtest.h>

#include "fixture.hpp"

namespace cus::mcp {
namespace {

using Chosen = std::expected<Era, RpcError>;

Chosen choose(const std::string& text, std::optional<std::string_view> header = {}) {
  return choose_era(*read_message(*parse_json(text)), header);
}

std::string claim(std::string_view version) {
  return R"({"_meta":{"io.modelcontextprotocol/protocolVersion":)" + std::string(version) + "}}";
}

TEST(EraChoice, GivenNoClaim_WhenTheHeaderIsOldOrAbsent_ThenItIsLegacy) {
  for (const std::optional<std::string_view> header :
       {std::optional<std::string_view>(), {"2025-11-25"}, {"1999-01-01"}})
    EXPECT_EQ(choose(test::request("tools/list"), header), Chosen(Era::legacy));
}

TEST(EraChoice, GivenAClaim_WhenItNamesAVersion_ThenThatDecidesWhateverTheHeaderSays) {
  EXPECT_EQ(choose(test::request("tools/list", claim("\"2025-11-25\"")), "2026-07-28"), Chosen(Era::legacy));
  EXPECT_EQ(choose(test::request("tools/list", claim("\"2026-07-28\""))), Chosen(Era::modern));
  EXPECT_EQ(choose(test::request("tools/list", claim("\"v999\""))), Chosen(Era::modern));
  EXPECT_EQ(choose(test::request("initialize", claim("\"2026-07-28\""))), Chosen(Era::modern));
}

TEST(EraChoice, GivenAClaimThatIsNoText_WhenPosted_ThenItIsRefusedAndNotServedAsLegacy) {
  for (const char* version : {"7", "null", "{}", "[]"}) {
    const Chosen chosen = choose(test::request("tools/list", claim(version)));
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, -32602);
    EXPECT_EQ(chosen.error().status, 400);
  }
}

TEST(EraChoice, GivenAModernHeaderWithoutAClaim_WhenPosted_ThenARequestIsRefused) {
  EXPECT_EQ(choose(test::request("tools/list"), "2026-07-28").error().code, -32602);
  EXPECT_EQ(choose(test::request("initialize"), "2026-07-28").error().code, -32020);
  EXPECT_EQ(choose(test::cancel("1"), "2026-07-28"), Chosen(Era::modern));
  EXPECT_EQ(choose(R"({"jsonrpc":"2.0","id":1,"result":{}})", "2026-07-28"), Chosen(Era::legacy));
}

TEST(EraChoice, GivenAnElementOfAnArray_WhenItClaimsToBeModern_ThenItIsSeen) {
  EXPECT_TRUE(claims_modern_era(*parse_json(test::request("ping", claim("\"2026-07-28\"")))));
  EXPECT_TRUE(claims_modern_era(*parse_json(test::request("ping", claim("7")))));
  EXPECT_FALSE(claims_modern_era(*parse_json(test::request("ping", claim("\"2025-03-26\"")))));
  EXPECT_FALSE(claims_modern_era(*parse_json(test::request("ping"))));
  EXPECT_FALSE(claims_modern_era(Json(7)));
}

}  // namespace
}  // namespace cus::mcp
