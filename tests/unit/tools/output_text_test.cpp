// SPDX-License-Identifier: Apache-2.0
#include "tools/output_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cus/base/utf8.hpp"
#include "tools/characters.hpp"

namespace cus::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

OutputText render(const std::string& all, std::string_view spool = "/tmp/computer-use/j.log") {
  OutputAssembly assembly;
  assembly.add(0, all);
  return render_output(assembly.finish(all.size()), spool);
}

std::string repeat(std::string_view text, std::size_t count) {
  std::string result;
  while (count-- > 0) result += text;
  return result;
}

TEST(OutputText, GivenShortOutput_WhenRendered_ThenItIsVerbatim) {
  const std::string output = "a\tb\r\n\x1b[31mred\x1b[0m \xC3\xA4\n";
  EXPECT_EQ(render(output).text, output);
  EXPECT_FALSE(render(output).truncated);
}

TEST(OutputText, GivenExactlyTheLimit_WhenRendered_ThenNothingIsLeftOut) {
  EXPECT_FALSE(render(std::string(30'000, 'x')).truncated);
  EXPECT_TRUE(render(std::string(30'001, 'x')).truncated);
}

TEST(OutputText, GivenTooMuch_WhenRendered_ThenHeadNoticeAndTailStayUnder32000Characters) {
  const std::string all = std::string(40'000, 'a') + std::string(40'000, 'z');
  const OutputText rendered = render(all);
  EXPECT_TRUE(rendered.truncated);
  EXPECT_TRUE(rendered.text.starts_with(std::string(15'000, 'a') + "\n\n[... truncated"));
  EXPECT_TRUE(rendered.text.ends_with("]\n\n" + std::string(15'000, 'z')));
  EXPECT_LE(utf8::length(rendered.text), 32'000U);
  EXPECT_THAT(rendered.text, HasSubstr("80000 bytes"));
  EXPECT_THAT(rendered.text, HasSubstr("/tmp/computer-use/j.log"));
}

TEST(OutputText, GivenNoSpool_WhenTooMuch_ThenTheNoticeSaysHowToKeepItNextTime) {
  const OutputText rendered = render(std::string(50'000, 'x'), "");
  EXPECT_THAT(rendered.text, HasSubstr("was not kept"));
}

TEST(OutputText, GivenMoreThanTheSpoolHolds_WhenRendered_ThenTheNoticeDoesNotPromiseAllOfIt) {
  OutputAssembly assembly;
  assembly.add(0, std::string(OutputAssembly::head_limit, 'h'));
  const OutputText rendered = render_output(assembly.finish(1ULL << 30U), "/tmp/computer-use/j.log");
  EXPECT_THAT(rendered.text, HasSubstr("The first 64 MiB are in"));
  EXPECT_THAT(rendered.text, Not(HasSubstr("All of it")));
}

TEST(OutputText, GivenBytesThatAreNotUtf8_WhenRendered_ThenTheyBecomeReplacementCharacters) {
  EXPECT_EQ(render("a\xFF\xC3(").text, "a\xEF\xBF\xBD\xEF\xBF\xBD(");
}

TEST(OutputText, GivenFourByteCharacters_WhenTheyAreCounted_ThenTheLimitIsInCharacters) {
  const std::string face = "\xF0\x9F\x98\x80";
  EXPECT_FALSE(render(repeat(face, 30'000)).truncated);
  const OutputText rendered = render(repeat(face, 30'001));
  EXPECT_TRUE(rendered.truncated);
  EXPECT_TRUE(rendered.text.starts_with(repeat(face, 15'000) + "\n"));
  EXPECT_TRUE(rendered.text.ends_with("\n" + repeat(face, 15'000)));
}

// A cut that falls at every place of a three-byte character, in the head and in the tail.
TEST(OutputText, GivenACutInsideACharacter_WhenRendered_ThenNoHalfCharacterIsShown) {
  for (std::size_t shift = 0; shift < 3; ++shift) {
    const std::string all = std::string(shift, 'x') + repeat("\xE2\x82\xAC", 100'000);
    const OutputText rendered = render(all);
    EXPECT_TRUE(utf8::valid(rendered.text));
    EXPECT_THAT(rendered.text, Not(HasSubstr("\xEF\xBF\xBD"))) << shift;
  }
}

TEST(Characters, GivenText_WhenCut_ThenWholeCharactersAreKept) {
  const std::string text =
      "a\xC3\xA4\xE2\x82\xAC"
      "b";
  EXPECT_EQ(first_characters(text, 2), "a\xC3\xA4");
  EXPECT_EQ(last_characters(text, 2),
            "\xE2\x82\xAC"
            "b");
  EXPECT_EQ(first_characters(text, 0), "");
  EXPECT_EQ(last_characters(text, 0), "");
  EXPECT_EQ(first_characters(text, 9), text);
  EXPECT_EQ(last_characters(text, 9), text);
}

}  // namespace
}  // namespace cus::tools
