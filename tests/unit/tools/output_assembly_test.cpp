// SPDX-License-Identifier: Apache-2.0
#include "tools/output_assembly.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>

namespace cus::tools {
namespace {

constexpr std::size_t limit = OutputAssembly::head_limit;

std::string numbered(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; text.size() < size; ++i) text += std::to_string(i) + "\n";
  text.resize(size);
  return text;
}

TEST(OutputAssembly, GivenPiecesInOrder_WhenTheyFit_ThenTheWholeOutputIsKept) {
  OutputAssembly assembly;
  assembly.add(0, "one ");
  assembly.add(4, "two");
  const KeptOutput kept = assembly.finish(7);
  EXPECT_TRUE(kept.whole());
  EXPECT_EQ(kept.head + kept.tail, "one two");
}

TEST(OutputAssembly, GivenAPieceThatComesTwice_WhenItOverlaps_ThenEachByteIsTakenOnce) {
  OutputAssembly assembly;
  assembly.add(0, "abcd");
  assembly.add(2, "cdef");
  assembly.add(0, "ab");
  EXPECT_EQ(assembly.next_offset(), 6U);
  EXPECT_EQ(assembly.finish(6).head, "abcdef");
}

TEST(OutputAssembly, GivenHeadAndTailOfLongOutput_WhenTheMiddleIsSkipped_ThenItIsNotWholeAndTheTotalIsTold) {
  OutputAssembly assembly;
  assembly.add(0, std::string(limit, 'h'));
  assembly.add(10'000'000 - limit, std::string(limit, 't'));
  const KeptOutput kept = assembly.finish(10'000'000);
  EXPECT_FALSE(kept.whole());
  EXPECT_EQ(kept.total, 10'000'000U);
  EXPECT_EQ(kept.head, std::string(limit, 'h'));
  EXPECT_EQ(kept.tail, std::string(limit, 't'));
}

TEST(OutputAssembly, GivenTheJobWroteMoreThanArrived_WhenItEnds_ThenTheOutputIsNotWhole) {
  OutputAssembly assembly;
  assembly.add(0, "abc");
  EXPECT_FALSE(assembly.finish(4).whole());
}

TEST(OutputAssembly, GivenAStreamOfManyMegabytes_WhenItArrives_ThenFirstAndLastBytesAreKeptInBoundedSpace) {
  const std::string all = numbered(5'000'000);
  OutputAssembly assembly;
  for (std::size_t at = 0; at < all.size(); at += 60'000) {
    assembly.add(at, std::string_view(all).substr(at, 60'000));
    EXPECT_LE(assembly.recent().size(), 2 * OutputAssembly::tail_limit);
  }
  const KeptOutput kept = assembly.finish(all.size());
  EXPECT_EQ(kept.head, all.substr(0, limit));
  EXPECT_EQ(kept.tail, all.substr(all.size() - OutputAssembly::tail_limit));
  EXPECT_FALSE(kept.whole());
}

TEST(OutputAssembly, GivenAHoleBeforeTheHeadIsFull_WhenMoreComes_ThenTheHeadDoesNotGrowAcrossIt) {
  OutputAssembly assembly;
  assembly.add(0, "abc");
  assembly.add(100, "xyz");
  const KeptOutput kept = assembly.finish(103);
  EXPECT_EQ(kept.head, "abc");
  EXPECT_EQ(kept.tail, "xyz");
  EXPECT_FALSE(kept.whole());
}

TEST(OutputAssembly, GivenAnOffsetThatWouldOverflow_WhenItArrives_ThenItIsDropped) {
  OutputAssembly assembly;
  assembly.add(std::numeric_limits<std::uint64_t>::max(), "abc");
  EXPECT_EQ(assembly.next_offset(), 0U);
}

// Any cut into pieces, with repeats as after a re-attach, gives the same as one piece.
TEST(OutputAssembly, GivenRandomCutsWithRepeats_WhenAssembled_ThenTheResultIsTheSame) {
  std::mt19937 random(7);
  for (int round = 0; round < 40; ++round) {
    const std::string all = numbered(random() % (3 * limit));
    OutputAssembly cut;
    while (cut.next_offset() < all.size()) {
      const std::size_t back = std::min<std::size_t>(cut.next_offset(), random() % 100);
      const std::size_t at = cut.next_offset() - back;
      cut.add(at, std::string_view(all).substr(at, 1 + random() % 50'000));
    }
    const KeptOutput kept = cut.finish(all.size());
    ASSERT_EQ(kept.head, all.substr(0, limit));
    ASSERT_TRUE(all.ends_with(kept.tail));
    ASSERT_GE(kept.head.size() + kept.tail.size(), std::min(all.size(), 2 * limit));
  }
}

}  // namespace
}  // namespace cus::tools
