// SPDX-License-Identifier: Apache-2.0
#include "cus/base/id.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "cus/base/utf8.hpp"

namespace cus {
namespace {

using std::string_literals::operator""s;

std::string canonical(const std::string& text) {
  const auto id = parse_chat_id(text);
  return id ? id->str() : "(refused)";
}

struct Row {
  std::string given;
  std::string canonical;
};
class ChatIdTable : public ::testing::TestWithParam<Row> {};

TEST_P(ChatIdTable, GivenAChatId_WhenParsed_ThenItIsTrimmedAndLowerCaseAndOtherwiseAsGiven) {
  EXPECT_EQ(canonical(GetParam().given), GetParam().canonical);
}
INSTANTIATE_TEST_SUITE_P(
    Table, ChatIdTable,
    ::testing::Values(
        Row{"team:1", "team:1"}, Row{"team-1", "team-1"}, Row{"team 1", "team 1"}, Row{"TEAM-1", "team-1"},
        Row{" \t\r\n team-1 \v\f", "team-1"}, Row{"t\xC3\xA9", "t\xC3\xA9"}, Row{"te\xCC\x81", "te\xCC\x81"},
        Row{"T\xC3\x89", "t\xC3\x89"}, Row{"default", "default"}, Row{".", "."}, Row{".a.", ".a."},
        Row{"a.b", "a.b"}, Row{"%2e%2e", "%2e%2e"}, Row{"~v1.x", "~v1.x"}, Row{"'; drop", "'; drop"},
        Row{"\xE2\x80\xAE"
            "abc",
            "\xE2\x80\xAE"
            "abc"},
        Row{"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"}, Row{std::string(128, 'A'), std::string(128, 'a')},
        Row{" " + std::string(128, 'a') + " ", std::string(128, 'a')}, Row{"@`[{", "@`[{"}));

class BadChatId : public ::testing::TestWithParam<std::string> {};

TEST_P(BadChatId, GivenATextThatIsNoChatId_WhenParsed_ThenItIsAnInvalidArgument) {
  const auto id = parse_chat_id(GetParam());
  ASSERT_FALSE(id);
  EXPECT_EQ(id.error().code, Code::invalid_argument);
  EXPECT_FALSE(id.error().message.empty());
}
INSTANTIATE_TEST_SUITE_P(Table, BadChatId,
                         ::testing::Values("", " ", "\t\r\n", "..", "a..b", "../etc", "a/b", "/", "a\\b",
                                           "a\0b"s, "\0"s, "a\nb", "a\rb", "a\tb", "a\x1b[31m", "a\x7f",
                                           "a\xC2\x85"
                                           "b",
                                           "\xC2\x80", "\xC2\x9F", "\xFF", "\xC3", "\xC0\xAF", "\xED\xA0\x80",
                                           "\xF4\x90\x80\x80", std::string(129, 'a'), std::string(300, 'a')));

// Canonicalising as the definition says it, written anew and slowly.
std::string reference(std::string text) {
  constexpr std::string_view spaces = " \t\n\v\f\r";
  const std::size_t begin = text.find_first_not_of(spaces);
  if (begin == std::string::npos) return "";
  text = text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string random_text(std::mt19937& random) {
  // Few and awkward pieces, so that texts that could collide come up often.
  static const std::vector<std::string> pieces = {
      "a",  "A",        "1",         ":", "-",  "_",  " ",    ".",    "%",   "~",        "team",
      "\t", "\xC3\xA9", "e\xCC\x81", "/", "\\", "\n", "\x7f", "\xFF", "\0"s, "\xC2\x85", "\xE2\x80\x8B"};
  std::uniform_int_distribution<std::size_t> length(0, 5);
  std::uniform_int_distribution<std::size_t> which(0, pieces.size() - 1);
  std::string text;
  for (std::size_t n = length(random); n > 0; --n) text += pieces[which(random)];
  return text;
}

// Case C03: two texts have one id only when they differ in nothing but outer white space and ASCII case.
TEST(ChatIdProperty, GivenRandomTexts_WhenParsed_ThenTheIdIsIdempotentAndInjectiveOverCanonicalTexts) {
  std::mt19937 random(20240607);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same texts every time
  std::map<std::string, std::string> text_of;
  std::size_t accepted = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string text = random_text(random);
    const auto id = parse_chat_id(text);
    if (!id) continue;
    ++accepted;
    ASSERT_EQ(id->str(), reference(text));
    ASSERT_EQ(parse_chat_id(id->str()), *id);
    const auto [known, fresh] = text_of.emplace(id->str(), reference(text));
    ASSERT_EQ(known->second, reference(text));
  }
  EXPECT_GT(accepted, 10'000U);
  EXPECT_GT(text_of.size(), 5'000U);
}

TEST(ChatIdProperty, GivenAnyByteString_WhenAccepted_ThenItIsSafeAsAName) {
  std::mt19937 random(7);  // NOLINT(cert-msc32-c,cert-msc51-cpp)
  std::uniform_int_distribution<int> byte(0, 255);
  for (int i = 0; i < 50'000; ++i) {
    std::string text;
    for (int n = byte(random) % 6; n >= 0; --n) text += static_cast<char>(byte(random));
    const auto id = parse_chat_id(text);
    if (!id) continue;
    EXPECT_TRUE(utf8::valid(id->str()));
    EXPECT_TRUE(std::ranges::none_of(id->str(), [](char c) {
      return static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\' || c == '\x7f' ||
             (c >= 'A' && c <= 'Z');
    }));
    EXPECT_FALSE(id->str().contains(".."));
  }
}

TEST(TenantId, GivenNames_WhenParsed_ThenOnlyPlainOnesPassAndCaseCounts) {
  EXPECT_EQ(parse_tenant_id("Team_1.a-b")->str(), "Team_1.a-b");
  EXPECT_NE(*parse_tenant_id("A"), *parse_tenant_id("a"));
  EXPECT_TRUE(parse_tenant_id(std::string(64, 'a')));
  for (const std::string& bad : {""s, "a b"s, "a:b"s, "a,b"s, "t\xC3\xA9"s, "a\0"s, std::string(65, 'a')}) {
    EXPECT_FALSE(parse_tenant_id(bad)) << bad;
  }
}

TEST(ChatKey, GivenTenantsAndChatsThatJoinToTheSameText_WhenCompared_ThenTheyAreDifferent) {
  const ChatKey one{TenantId("a"), ChatId("b:c")};
  const ChatKey other{TenantId("a:b"), ChatId("c")};
  EXPECT_NE(one, other);
}

TEST(StorageId, GivenTexts_WhenParsed_ThenOnly32LowerCaseHexDigitsPass) {
  const std::string good = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(parse_storage_id(good)->str(), good);
  EXPECT_EQ(parse_job_id(good)->str(), good);
  for (const std::string& bad :
       {good.substr(1), good + "0", "G" + good.substr(1), "A" + good.substr(1), ""s}) {
    EXPECT_FALSE(parse_storage_id(bad)) << bad;
  }
}

TEST(RandomIds, GivenMany_WhenMade_ThenTheyAreWellFormedAndDifferent) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    const StorageId id = new_storage_id();
    EXPECT_TRUE(parse_storage_id(id.str()));
    EXPECT_TRUE(seen.insert(id.str()).second);
  }
  EXPECT_EQ(random_hex(100).size(), 200U);
  EXPECT_EQ(random_hex(0), "");
}

}  // namespace
}  // namespace cus
