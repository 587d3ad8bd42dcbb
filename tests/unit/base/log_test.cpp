// SPDX-License-Identifier: Apache-2.0
#include "cus/base/log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"

namespace cus::log {
namespace {

using std::string_literals::operator""s;

std::string encoded(std::string_view event, Fields fields) {
  return encode(Level::warn, event, fields, "2024-01-02T03:04:05.678Z");
}

TEST(Log, GivenAnEvent_WhenEncoded_ThenItIsOneJsonObjectInTheOrderGiven) {
  EXPECT_EQ(encoded("thing.done",
                    {{"text", "a"}, {"count", 3}, {"share", 0.5}, {"ok", true}, {"big", 1ULL << 40U}}),
            R"({"ts":"2024-01-02T03:04:05.678Z","level":"warn","event":"thing.done","text":"a","count":3,)"
            R"("share":0.5,"ok":true,"big":1099511627776})");
}

// Cases O8, A06: whatever comes from outside stays inside its string.
class Hostile : public ::testing::TestWithParam<std::string> {};

TEST_P(Hostile, GivenTextFromOutside_WhenEncoded_ThenTheLineIsPrintableAsciiAndReadsBack) {
  const std::string line = encoded(GetParam(), {{"field", GetParam()}, {GetParam(), "value"}});
  EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= 0x20 && c < 0x7f; })) << line;
  const auto back = parse_json(line);
  ASSERT_TRUE(back) << line;
  EXPECT_EQ(get_string(*back, "level"), "warn");
  EXPECT_TRUE(get_string(*back, "field"));
}
INSTANTIATE_TEST_SUITE_P(Table, Hostile,
                         ::testing::Values("a\nb", "a\r\nSet-Cookie: x", "\"},{\"event\":\"forged\"", "\\",
                                           "\x1b[2J\x1b]0;t\a", "a\0b"s, "\x7f", "\x01\x02\x1f",
                                           "\xC2\x9B"
                                           "31m",
                                           "\xE2\x80\xA8", "\xE2\x80\xAE", "\xF0\x9F\x98\x80", "\xFF\xFE",
                                           "\xED\xA0\x80", std::string(4096, '\n')));

TEST(Log, GivenTextBeyondTheLimit_WhenEncoded_ThenItIsCutBetweenCharacters) {
  std::string text;
  while (text.size() < 1'000'000) text += "\xE2\x82\xAC";
  const std::string line = encoded("e", {{"field", text}});
  EXPECT_LT(line.size(), 6'000U);
  const auto back = parse_json(line);
  ASSERT_TRUE(back);
  const std::string field = *get_string(*back, "field");
  EXPECT_TRUE(field.ends_with("\xE2\x82\xAC..."));
  EXPECT_LE(field.size(), 2'003U);
}

TEST(Log, GivenLines_WhenWritten_ThenEachIsOneLineOnStandardErrorWithATime) {
  ::testing::internal::CaptureStderr();
  info("one", {{"a", "x\ny"}});
  failure(Level::error, "two", Error{Code::io, "said", "because\n"}, {{"b", 1}});
  const std::string text = ::testing::internal::GetCapturedStderr();
  ASSERT_EQ(std::ranges::count(text, '\n'), 2);
  const auto first = parse_json(text.substr(0, text.find('\n')));
  const auto second = parse_json(text.substr(text.find('\n') + 1));
  ASSERT_TRUE(first && second) << text;
  EXPECT_EQ(get_string(*first, "event"), "one");
  EXPECT_EQ(get_string(*first, "ts")->size(), 24U);
  EXPECT_EQ(get_string(*second, "code"), "io");
  EXPECT_EQ(get_string(*second, "message"), "said");
  EXPECT_EQ(get_string(*second, "cause"), "because\n");
  EXPECT_EQ(get_int(*second, "b"), 1);
}

TEST(Log, GivenALevel_WhenSet_ThenWhatIsBelowIsNotWritten) {
  ::testing::internal::CaptureStderr();
  debug("not yet");
  set_level(Level::debug);
  debug("now");
  set_level(Level::error);
  warn("no longer");
  failure(Level::warn, "nor this", Error{});
  set_level(Level::info);
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
  EXPECT_TRUE(text.contains("\"event\":\"now\""));
}

}  // namespace
}  // namespace cus::log
