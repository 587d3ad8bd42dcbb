// SPDX-License-Identifier: Apache-2.0
#include "cus/auth/keys.hpp"

#include <gmock/gmock.h>

namespace cus::auth {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr auto long_a = "aaaaaaaaaaaaaaaaaaaaaaaa";
constexpr auto long_b = "bbbbbbbbbbbbbbbbbbbbbbbb";

KeyRing ring(KeySettings settings) {
  auto parsed = KeyRing::parse(settings);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().front());
  return parsed ? std::move(*parsed) : KeyRing();
}

std::vector<std::string> problems(KeySettings settings) {
  auto parsed = KeyRing::parse(settings);
  return parsed ? std::vector<std::string>() : parsed.error();
}

TEST(KeyRing, GivenNothingSet_WhenParsed_ThenTheRingIsEmpty) {
  EXPECT_TRUE(ring({}).empty());
  EXPECT_FALSE(ring({}).find("anything"));
  EXPECT_FALSE(ring({}).find(""));
}

TEST(KeyRing, GivenOneKey_WhenFound_ThenItIsTheDefaultTenant) {
  const KeyRing keys = ring({.single = long_a});
  EXPECT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys.find(long_a), TenantId("default"));
  EXPECT_EQ(default_tenant(), TenantId("default"));
}

TEST(KeyRing, GivenNamedKeysBesideTheSingleOne_WhenFound_ThenEachHasItsTenant) {
  const KeyRing keys =
      ring({.single = long_a, .named = std::string("team.b:") + long_b + " , c-3:key:with:colons:in:it"});
  EXPECT_EQ(keys.size(), 3U);
  EXPECT_EQ(keys.find(long_a), TenantId("default"));
  EXPECT_EQ(keys.find(long_b), TenantId("team.b"));
  EXPECT_EQ(keys.find("key:with:colons:in:it"), TenantId("c-3"));
}

TEST(KeyRing, GivenAKey_WhenSomethingLikeItIsPresented_ThenNobodyIsFound) {
  const KeyRing keys = ring({.single = long_a});
  const std::string key = long_a;
  EXPECT_FALSE(keys.find(""));
  EXPECT_FALSE(keys.find(key.substr(1)));
  EXPECT_FALSE(keys.find(key.substr(0, key.size() - 1)));
  EXPECT_FALSE(keys.find(key + "a"));
  EXPECT_FALSE(keys.find("A" + key.substr(1)));
  EXPECT_FALSE(keys.find(key + std::string(1, '\0')));
  EXPECT_FALSE(keys.find(std::string(100'000, 'a')));
}

TEST(KeyRing, GivenACopy_WhenFound_ThenItKnowsTheSameKeys) {
  const KeyRing keys = ring({.named = std::string("x:") + long_b});
  const KeyRing copy = keys;
  EXPECT_EQ(copy.find(long_b), TenantId("x"));
}

TEST(KeyRing, GivenAShortKey_WhenOnTheNetwork_ThenItIsRefusedAndOnLoopbackNot) {
  EXPECT_EQ(ring({.single = "short"}).find("short"), TenantId("default"));
  EXPECT_THAT(
      problems({.single = "short", .named = "a:tiny", .reach = Reach::network}),
      ElementsAre(AllOf(StartsWith("MCP_API_KEY:"), HasSubstr("too short"), Not(HasSubstr("short\""))),
                  AllOf(StartsWith("MCP_API_KEYS (a):"), HasSubstr("too short"))));
  EXPECT_THAT(problems({.single = "exactly-16-chars", .reach = Reach::network}), IsEmpty());
}

TEST(KeyRing, GivenManyMistakes_WhenParsed_ThenEachIsReported) {
  const auto found =
      problems({.single = "has space in it and more", .named = "noколон,:nameless-key,ok:,b\tad:x,"});
  EXPECT_THAT(found, SizeIs(6));
  EXPECT_THAT(found, testing::Contains(AllOf(StartsWith("MCP_API_KEY:"), HasSubstr("visible ASCII"))));
  EXPECT_THAT(found, testing::Contains(AllOf(HasSubstr("entry 1"), HasSubstr("name:key"))));
  EXPECT_THAT(found, testing::Contains(AllOf(HasSubstr("entry 5"), HasSubstr("name:key"))));
  EXPECT_THAT(found, testing::Contains(AllOf(HasSubstr("(ok)"), HasSubstr("empty"))));
}

TEST(KeyRing, GivenProblems_WhenTheyAreTold_ThenNoKeyIsAmongTheWords) {
  const std::string secret = "s3cr3t-with,comma";
  for (const std::string& problem :
       problems({.single = secret, .named = "x:" + secret + ",x:other s3cr3t"})) {
    EXPECT_THAT(problem, Not(HasSubstr("s3cr3t")));
  }
}

TEST(KeyRing, GivenOneNameTwice_WhenParsed_ThenItIsAnError) {
  EXPECT_THAT(problems({.named = std::string("a:") + long_a + ",a:" + long_b}),
              ElementsAre(HasSubstr("\"a\" has two keys")));
  EXPECT_THAT(problems({.single = long_a, .named = std::string("default:") + long_b}),
              ElementsAre(HasSubstr("\"default\" has two keys")));
}

TEST(KeyRing, GivenOneKeyForTwoNames_WhenParsed_ThenItIsAnError) {
  EXPECT_THAT(problems({.named = std::string("a:") + long_a + ",b:" + long_a}),
              ElementsAre(AllOf(HasSubstr("\"a\""), HasSubstr("\"b\""), HasSubstr("same key"))));
}

}  // namespace
}  // namespace cus::auth
