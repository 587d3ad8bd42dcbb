// SPDX-License-Identifier: Apache-2.0
#include "tools/progress_text.hpp"

#include <gtest/gtest.h>

#include "cus/base/utf8.hpp"

namespace cus::tools {
namespace {

using namespace std::chrono_literals;

TEST(ProgressText, GivenATime_WhenWritten_ThenItReadsAsPeopleSayIt) {
  EXPECT_EQ(elapsed_text(0s), "0s");
  EXPECT_EQ(elapsed_text(45s), "45s");
  EXPECT_EQ(elapsed_text(120s), "2m");
  EXPECT_EQ(elapsed_text(135s), "2m 15s");
  EXPECT_EQ(elapsed_text(3'600s), "60m");
}

TEST(ProgressText, GivenADescription_WhenLabelled_ThenItIsUsedElseTheCommand) {
  EXPECT_EQ(label("Install packages", "pip install x"), "Install packages");
  EXPECT_EQ(label("", "\n  pip install x\necho done"), "pip install x");
}

TEST(ProgressText, GivenALongOrDirtyLabel_WhenLabelled_ThenItIsOneShortCleanLine) {
  EXPECT_EQ(utf8::length(label("", std::string(500, 'x'))), 60U);
  EXPECT_TRUE(label("", std::string(500, 'x')).ends_with("…"));
  EXPECT_EQ(label("a\x1b[31mb\tc\x07", ""), "ab c");
}

TEST(ProgressText, GivenOutput_WhenItsLastLineIsTaken_ThenItIsTheLastWithSomethingOnIt) {
  EXPECT_EQ(last_line("one\ntwo\n\n  \n"), "two");
  EXPECT_EQ(last_line("one\ntw"), "tw");
  EXPECT_EQ(last_line(""), "");
  EXPECT_EQ(last_line("\n\r\n"), "");
}

TEST(ProgressText, GivenAProgressBar_WhenItsLineIsTaken_ThenItIsTheLatestState) {
  EXPECT_EQ(last_line("start\n 10%\r 20%\r"), "20%");
}

TEST(ProgressText, GivenALongLine_WhenTaken_ThenItHas120CharactersAtMost) {
  std::string line;
  for (int i = 0; i < 300; ++i) line += "\xC3\xA4";
  const std::string shown = last_line(line);
  EXPECT_EQ(utf8::length(shown), 120U);
  EXPECT_TRUE(utf8::valid(shown));
}

TEST(ProgressText, GivenEscapesAndBadBytes_WhenTaken_ThenOnlyCleanTextIsShown) {
  EXPECT_EQ(last_line("\x1b[1;32mok\x1b[0m\x1b]\xFF"), "ok\xEF\xBF\xBD");
  EXPECT_EQ(last_line("x\x1b"), "x");
  EXPECT_EQ(last_line("x\x1b["), "x");
}

TEST(ProgressText, GivenAllOfIt_WhenWritten_ThenTheSecondLineIsThereOnlyWithOutput) {
  EXPECT_EQ(progress_text("build", 5s, ""), "Running: build (5s)");
  EXPECT_EQ(progress_text("build", 65s, "cc a.c"), "Running: build (1m 5s)\n→ cc a.c");
}

}  // namespace
}  // namespace cus::tools
