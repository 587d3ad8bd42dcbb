// SPDX-License-Identifier: Apache-2.0
#include "mcp/versions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::mcp {
namespace {

using testing::HasSubstr;

TEST(Versions, GivenAVersionWeSpeak_WhenNegotiated_ThenItIsKept) {
  for (const char* version : {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"}) {
    EXPECT_EQ(negotiate(version), version);
    EXPECT_TRUE(is_legacy(version));
  }
}

TEST(Versions, GivenAnyOther_WhenNegotiated_ThenTheNewestIsOffered) {
  for (const char* version : {"", "2024-10-07", "2026-07-28", "1.0", "2025-11-25 "}) {
    EXPECT_EQ(negotiate(version), "2025-11-25");
    EXPECT_FALSE(is_legacy(version));
  }
}

TEST(Versions, GivenTheRevisions_WhenAskedForBatches_ThenOnlyOneKnowsThem) {
  EXPECT_TRUE(allows_batches("2025-03-26"));
  EXPECT_FALSE(allows_batches("2024-11-05"));
  EXPECT_FALSE(allows_batches("2025-06-18"));
  EXPECT_FALSE(allows_batches("2025-11-25"));
}

TEST(Versions, GivenAVersion_WhenItsEraIsAsked_ThenDatesDecide) {
  EXPECT_TRUE(is_modern("2026-07-28"));
  EXPECT_FALSE(is_modern("2099-01-01"));
  for (const char* version : {"2026-07-28", "2099-01-01", "v999"}) EXPECT_TRUE(claims_modern(version));
  for (const char* version : {"", "1999-01-01", "2025-11-25", "2026-07-27"})
    EXPECT_FALSE(claims_modern(version));
}

TEST(Versions, GivenTheRevisions_WhenAskedForResumption_ThenOnlyTheNewestLegacyOneHasIt) {
  EXPECT_TRUE(resumes_streams("2025-11-25"));
  EXPECT_FALSE(resumes_streams("2025-06-18"));
}

TEST(Versions, GivenARefusal_WhenWritten_ThenItListsWhatIsSpoken) {
  const std::string text = unsupported_text(std::string(1000, 'x') + "\xFF");
  EXPECT_THAT(text, HasSubstr("2024-11-05, 2025-03-26, 2025-06-18, 2025-11-25"));
  EXPECT_LT(text.size(), 250U);
}

}  // namespace
}  // namespace cus::mcp
