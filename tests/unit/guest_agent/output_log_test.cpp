// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/output_log.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "rig.hpp"

namespace cus::guest_agent {
namespace {

// Small enough to try every split: 8 bytes of head, 8 of tail, a spool from the fifth byte on.
constexpr OutputLimits small{.head = 8, .tail = 8, .spool_threshold = 4};

std::string text_of(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

// Everything from `offset` on, a gap as dots.
std::string read_all(const OutputLog& log, std::uint64_t offset, std::size_t at_once) {
  std::string text;
  std::vector<char> chunk(at_once);
  while (offset < log.total()) {
    const OutputLog::Piece piece = log.read(offset, chunk);
    const std::uint64_t next = piece.size > 0 ? offset + piece.size : piece.gap_to;
    if (next <= offset) return "stuck";
    text += piece.size > 0 ? std::string(chunk.data(), piece.size) : std::string(next - offset, '.');
    offset = next;
  }
  return text;
}

class OutputLogTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  std::filesystem::path spool_path_ = directory_.path() / "spool";
};

TEST_F(OutputLogTest, GivenAnySplitOfTheOutput_WhenItIsReadFromAnyOffset_ThenEveryByteIsThere) {
  const std::string text = text_of(40);
  SpoolDirectory spools(spool_path_);
  int run = 0;
  for (std::size_t first = 0; first <= text.size(); ++first) {
    for (std::size_t second = first; second <= text.size(); second += 3) {
      OutputLog log(spools, std::to_string(run++), small);
      for (const auto& [from, to] :
           {std::pair(std::size_t{0}, first), {first, second}, {second, text.size()}}) {
        log.append(std::string_view(text).substr(from, to - from));
      }
      const std::size_t offset = (first * 7 + second) % text.size();
      ASSERT_EQ(read_all(log, 0, 1 + second % 9), text) << first << " " << second;
      ASSERT_EQ(read_all(log, offset, 5), text.substr(offset)) << first << " " << second;
    }
  }
}

TEST_F(OutputLogTest,
       GivenOutputOfAnyLengthWithoutASpool_WhenItIsRead_ThenHeadAndTailAreThereAndTheGapIsExact) {
  SpoolDirectory nowhere("/proc/no/such/place");
  for (std::size_t size = 0; size <= 40; ++size) {
    const std::string text = text_of(size);
    OutputLog log(nowhere, "x", small);
    for (const char c : text) log.append({&c, 1});
    std::string expected = text;
    for (std::size_t i = small.head; i + small.tail < size; ++i) expected[i] = '.';
    ASSERT_EQ(read_all(log, 0, 3), expected);
    ASSERT_EQ(log.total(), size);
    ASSERT_EQ(log.spool_path(), "");
  }
}

TEST_F(OutputLogTest, GivenOneWriteLargerThanEverythingKept_WhenItIsRead_ThenTheTailHasTheLastBytes) {
  SpoolDirectory nowhere("/proc/no/such/place");
  OutputLog log(nowhere, "x", small);
  const std::string text = text_of(100);
  log.append(text);
  EXPECT_EQ(read_all(log, 92, 64), text.substr(92));
  std::vector<char> chunk(4);
  EXPECT_EQ(log.read(50, chunk).gap_to, 92U);
}

TEST_F(OutputLogTest, GivenOutputUpToTheThreshold_WhenItGrowsPastIt_ThenTheFileBeginsWithTheFirstByte) {
  SpoolDirectory spools(spool_path_);
  OutputLog log(spools, "job.log", small);
  log.append("abcd");
  EXPECT_EQ(log.spool_path(), "");
  EXPECT_TRUE(std::filesystem::is_empty(spool_path_));
  log.append("e");
  EXPECT_EQ(log.spool_path(), (spool_path_ / "job.log").string());
  std::ifstream file(spool_path_ / "job.log");
  std::string text;
  file >> text;
  EXPECT_EQ(text, "abcde");
}

TEST_F(OutputLogTest, GivenASpoolThatIsFull_WhenMoreComes_ThenTheRestIsAGapUpToTheTail) {
  SpoolDirectory spools(spool_path_, {.file_bytes = 20, .total_bytes = 100, .files = 5});
  OutputLog log(spools, "x", small);
  const std::string text = text_of(40);
  log.append(std::string_view(text).substr(0, 15));
  log.append(std::string_view(text).substr(15));
  EXPECT_EQ(read_all(log, 0, 7), text.substr(0, 20) + std::string(12, '.') + text.substr(32));
}

TEST_F(OutputLogTest, GivenAFileThatWasCutFromInside_WhenItIsRead_ThenWhatIsGoneIsAGap) {
  SpoolDirectory spools(spool_path_);
  OutputLog log(spools, "x", small);
  const std::string text = text_of(40);
  log.append(text);
  std::filesystem::resize_file(spool_path_ / "x", 12);
  EXPECT_EQ(read_all(log, 0, 7), text.substr(0, 12) + std::string(20, '.') + text.substr(32));
}

TEST_F(OutputLogTest, GivenReleasedMemory_WhenMoreIsWritten_ThenTheSpoolHasItAllAndNoMemoryIsTaken) {
  SpoolDirectory spools(spool_path_);
  OutputLog log(spools, "x", small);
  const std::string text = text_of(40);
  log.append(std::string_view(text).substr(0, 30));
  EXPECT_EQ(log.memory(), 16U);
  log.release_memory();
  log.append(std::string_view(text).substr(30));
  EXPECT_EQ(log.memory(), 0U);
  EXPECT_EQ(read_all(log, 0, 7), text);
}

TEST_F(OutputLogTest, GivenShortOutputWhoseMemoryWasReleased_WhenItIsRead_ThenItIsOneGap) {
  SpoolDirectory spools(spool_path_);
  OutputLog log(spools, "x", small);
  log.append("abc");
  log.release_memory();
  EXPECT_EQ(read_all(log, 0, 7), "...");
  EXPECT_EQ(log.total(), 3U);
}

TEST_F(OutputLogTest, GivenLines_WhenTheLastOneIsAsked_ThenItIsTheLastWithSomethingInIt) {
  SpoolDirectory spools(spool_path_);
  OutputLog log(spools, "x");
  EXPECT_EQ(log.last_line(10), "");
  log.append("one\ntwo\r\n\n");
  EXPECT_EQ(log.last_line(10), "two");
  log.append("50%\r75%");
  EXPECT_EQ(log.last_line(10), "75%");
  log.append(std::string(5000, 'x'));
  EXPECT_EQ(log.last_line(10), "xxxxxxxxxx");
}

}  // namespace
}  // namespace cus::guest_agent
