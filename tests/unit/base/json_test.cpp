// SPDX-License-Identifier: Apache-2.0
#include "cus/base/json.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace cus {
namespace {

using std::string_literals::operator""s;

class BadJson : public ::testing::TestWithParam<std::string> {};

TEST_P(BadJson, GivenATextThatIsNoJson_WhenParsed_ThenItIsAProtocolErrorAndNothingIsThrown) {
  const auto value = parse_json(GetParam());
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, Code::protocol);
}
// Case A07.
INSTANTIATE_TEST_SUITE_P(Table, BadJson,
                         ::testing::Values("", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}", "{'a':1}", "nul",
                                           "NaN", "Infinity", "-", "01", "+1", "1.", ".5", "0x10", "1 2",
                                           "{} x", "{}{}", "[1]]", "// x\n1", "\"a", "\"\\x\"", "\"\\u12\"",
                                           "\"\n\"", "\"\x01\"", "\"a\0b\""s, "{}\0"s, "{}\0{}"s,
                                           "\xEF\xBB\xBF{}", "\xFE\xFF\0{"s, "\"\xFF\"", "\"\xC0\x80\"",
                                           "\"\xED\xA0\x80\"", "\"\\ud800\"", "\"\\udc00\"",
                                           "\"\\ud800\\u0041\"", "1e400", "-1e400", "1e999999999"));

TEST(Json, GivenNestingAtTheLimit_WhenParsed_ThenItPassesAndOneMoreDoesNot) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(parse_json(nested(max_json_depth)));
  EXPECT_FALSE(parse_json(nested(max_json_depth + 1)));
  EXPECT_TRUE(parse_json(nested(3), 3));
  EXPECT_FALSE(parse_json(nested(4), 3));
  std::string objects;
  for (std::size_t i = 0; i <= max_json_depth; ++i) objects += "{\"a\":";
  EXPECT_FALSE(parse_json(objects + "1" + std::string(max_json_depth + 1, '}')));
}

class DeepJson : public ::testing::TestWithParam<std::size_t> {};

TEST_P(DeepJson, GivenABombOfBrackets_WhenParsed_ThenItIsRefusedQuicklyAndTheStackHolds) {
  const auto begun = std::chrono::steady_clock::now();
  for (const char* open : {"[", "{\"a\":"}) {
    std::string bomb;
    for (std::size_t i = 0; i < GetParam(); ++i) bomb += open;
    const auto value = parse_json(bomb);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, Code::protocol);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(10));
}
INSTANTIATE_TEST_SUITE_P(Depths, DeepJson, ::testing::Values(1'000, 100'000, 1'000'000));

TEST(Json, GivenManyKeysAndALongString_WhenParsed_ThenTheyAreThere) {
  std::string text = "{";
  for (int i = 0; i < 90'000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  text += "\"s\":\"" + std::string(4U << 20U, 'x') + "\"}";
  const auto value = parse_json(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->size(), 90'001U);
  EXPECT_EQ(get_string(*value, "s")->size(), 4U << 20U);
}

std::string list_of(std::size_t count) {
  std::string text = "[0";
  for (std::size_t i = 1; i < count; ++i) text += ",0";
  return text + "]";
}

TEST(Json, GivenValuesAtTheLimit_WhenParsed_ThenTheyPassAndOneMoreDoesNot) {
  EXPECT_TRUE(parse_json(list_of(max_json_values - 1)));  // the list is a value too
  EXPECT_FALSE(parse_json(list_of(max_json_values)));
  EXPECT_TRUE(parse_json(list_of(9), 3, 10));
  EXPECT_FALSE(parse_json(list_of(10), 3, 10));
  EXPECT_TRUE(parse_json(R"({"a":1,"b":[2,3]})", 3, 5));
  EXPECT_FALSE(parse_json(R"({"a":1,"b":[2,3]})", 3, 4));
  EXPECT_TRUE(parse_json(R"(["a,b,[{,\",,"])", 3, 2)) << "commas and brackets in strings are text";
  EXPECT_TRUE(parse_json("7", 3, 1));
}

// Case A07.
TEST(Json, GivenAMillionValues_WhenParsed_ThenTheyAreRefusedWithAClearTextBeforeAnyIsBuilt) {
  std::string keys = "{";
  for (int i = 0; i < 1'000'000; ++i) keys += "\"k" + std::to_string(i) + "\":0,";
  std::string lists = "[";
  for (int i = 0; i < 1'000'000; ++i) lists += "[],";
  for (const std::string& text : {keys + "\"k\":0}", lists + "0]", list_of(1'000'000)}) {
    const auto begun = std::chrono::steady_clock::now();
    const auto value = parse_json(text);
    ASSERT_FALSE(value);
    EXPECT_EQ(value.error().code, Code::protocol);
    EXPECT_NE(value.error().message.find("100000"), std::string::npos) << value.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::milliseconds(500));
  }
}

TEST(Json, GivenDuplicateKeys_WhenParsed_ThenTheLastOneWins) {
  EXPECT_EQ(get_int(*parse_json(R"({"a":1,"a":2})"), "a"), 2);
}

TEST(Json, GivenNumbersAtTheEdges_WhenRead_ThenOnlyThoseThatFitAreIntegers) {
  const auto value =
      parse_json(R"({"max":9223372036854775807,"over":9223372036854775808,"min":-9223372036854775808,
      "u64":18446744073709551615,"huge":18446744073709551616,"real":1.0,"exp":1e2})");
  ASSERT_TRUE(value);
  EXPECT_EQ(get_int(*value, "max"), INT64_MAX);
  EXPECT_EQ(get_int(*value, "min"), INT64_MIN);
  for (const char* key : {"over", "u64", "huge", "real", "exp"})
    EXPECT_EQ(get_int(*value, key), std::nullopt) << key;
}

TEST(Json, GivenMembersOfOtherTypesOrNone_WhenRead_ThenTheyAreAbsent) {
  const auto value = parse_json(R"({"s":"x","i":1,"b":true,"n":null,"a":[],"o":{}})");
  ASSERT_TRUE(value);
  EXPECT_EQ(get_string(*value, "s"), "x");
  EXPECT_EQ(get_int(*value, "i"), 1);
  EXPECT_EQ(get_bool(*value, "b"), true);
  for (const char* key : {"i", "b", "n", "a", "o", "none"})
    EXPECT_EQ(get_string(*value, key), std::nullopt) << key;
  for (const char* key : {"s", "b", "n", "a", "o", "none"})
    EXPECT_EQ(get_int(*value, key), std::nullopt) << key;
  for (const char* key : {"s", "i", "n", "a", "o", "none"})
    EXPECT_EQ(get_bool(*value, key), std::nullopt) << key;
  EXPECT_NE(get_member(*value, "n"), nullptr);
  EXPECT_EQ(get_member(*value, "none"), nullptr);
  for (const char* text : {"[1]", "1", "\"s\"", "null"}) {
    EXPECT_EQ(get_member(*parse_json(text), "s"), nullptr) << text;
    EXPECT_EQ(get_string(*parse_json(text), "s"), std::nullopt) << text;
  }
}

TEST(Json, GivenBytesThatAreNotUtf8_WhenDumped_ThenTheyAreReplacedAndTheTextIsJson) {
  const std::string text = dump_json(Json{{"a", "x\xFF\xC3"}});
  const auto back = parse_json(text);
  ASSERT_TRUE(back) << text;
  EXPECT_EQ(get_string(*back, "a"), "x\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Json, GivenControlsAndEscapes_WhenDumpedAndParsed_ThenTheyAreTheSame) {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  EXPECT_EQ(get_string(*parse_json(dump_json(Json{{"a", all}})), "a"), all);
}

}  // namespace
}  // namespace cus
