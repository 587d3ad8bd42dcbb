// SPDX-License-Identifier: Apache-2.0
// Output that is longer than anybody wants to read.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "rig.hpp"

namespace cus::test {
namespace {

std::uint64_t offset_of(const Frame& frame) {
  return guest::decode_offset(frame.payload);
}

class LongOutputTest : public testing::Test {
 protected:
  Rig rig_;
};

TEST_F(LongOutputTest,
       GivenAHeadAndATail_WhenOutputIsLong_ThenTheyComeWithProgressBetweenAndTheTotalIsExact) {
  json spec = Rig::spec("seq 1 300000; sleep 0.3; seq 300001 600000");
  spec["head"] = 1000;
  spec["tail"] = 70'000;
  std::uint64_t next = 0;
  std::uint64_t jump_from = 0;
  const Outcome outcome = [&] {
    const auto job = rig_.start(spec);
    return job->finish([&](const Frame& frame) {
      if (frame.type != guest::FrameType::output) return;
      if (offset_of(frame) != next) jump_from = next;
      next = offset_of(frame) + frame.payload.size() - 8;
    });
  }();
  const std::uint64_t total = outcome.end.at("total");
  EXPECT_EQ(total, 4'088'895U);
  EXPECT_EQ(next, total);
  EXPECT_EQ(jump_from, 1000U);
  EXPECT_EQ(outcome.output.size(), 71'000U);
  EXPECT_TRUE(outcome.output.starts_with("1\n2\n3\n"));
  EXPECT_TRUE(outcome.output.ends_with("\n599999\n600000\n"));
  ASSERT_FALSE(outcome.others.empty());
  for (const Frame& frame : outcome.others) ASSERT_EQ(frame.type, guest::FrameType::progress);
  // Four a second at most; this took well below a minute.
  EXPECT_LT(outcome.others.size(), 240U);
  const json progress = json::parse(outcome.others.back().payload);
  EXPECT_GT(progress.at("total"), 1000);
  EXPECT_FALSE(progress.at("line").get<std::string>().empty());
}

TEST_F(LongOutputTest, GivenLongOutput_WhenItHasEnded_ThenTheFileHasAllOfItAndOnlyItsOwnerReadsIt) {
  const Outcome outcome = rig_.run("seq 1 20000");
  const std::filesystem::path path = outcome.end.at("spool").get<std::string>();
  EXPECT_EQ(path.parent_path(), rig_.directory() / "spool");
  std::ifstream file(path);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  EXPECT_EQ(text, outcome.output);
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(LongOutputTest, GivenShortOutput_WhenItHasEnded_ThenThereIsNoFile) {
  EXPECT_FALSE(rig_.run("seq 1 100").end.contains("spool"));
  EXPECT_TRUE(std::filesystem::is_empty(rig_.directory() / "spool"));
}

TEST_F(LongOutputTest, GivenMoreThanTheFileHolds_WhenItIsReadLater_ThenTheMiddleIsAGapAndTheRestIsRight) {
  json spec = Rig::spec("head -c 70M /dev/zero; echo end");
  spec["tail"] = 4;
  EXPECT_EQ(rig_.run_spec(spec).output, "end\n");
  const std::uint64_t from = guest::spool_job_bytes - 10;
  const auto job =
      rig_.attach("/v1/jobs/" + spec.at("id").get<std::string>() + "?offset=" + std::to_string(from));
  const Outcome outcome = job->finish();
  const std::uint64_t total = 70ULL * 1024 * 1024 + 4;
  EXPECT_EQ(outcome.end.at("total"), total);
  EXPECT_EQ(outcome.output.size(), 10 + guest::kept_tail_bytes);
  ASSERT_EQ(outcome.others.size(), 1U);
  EXPECT_EQ(
      json::parse(outcome.others[0].payload),
      (json{{"from", guest::spool_job_bytes}, {"to", total - guest::kept_tail_bytes}, {"stream", "output"}}));
}

TEST_F(LongOutputTest, GivenAServerThatReadsNothing_WhenAJobWritesALot_ThenTheJobIsNotHeldUp) {
  const json spec = Rig::spec("head -c 40M /dev/zero");
  const auto slow = rig_.start(spec);
  const auto other = rig_.attach("/v1/jobs/" + spec.at("id").get<std::string>() + "?tail=1");
  EXPECT_EQ(other->finish().end.at("total"), 40 * 1024 * 1024);
  EXPECT_EQ(slow->finish().output.size(), 40U * 1024 * 1024);
}

TEST_F(LongOutputTest, GivenLeftoversThatGoOnWriting_WhenTheJobIsReadAgain_ThenItsOutputIsWhatItWasAtItsEnd) {
  const json spec = Rig::spec("(while :; do echo later; done) & echo first");
  const Outcome first = rig_.run_spec(spec);
  const std::uint64_t total = first.end.at("total");
  wait_until(
      [&] { return rig_.request("GET", "/v1/jobs").body.at("jobs")[0].at("total") > total + 100'000; });
  const Outcome again = rig_.attach("/v1/jobs/" + spec.at("id").get<std::string>())->finish();
  EXPECT_EQ(again.output, first.output);
  EXPECT_EQ(again.end, first.end);
}

}  // namespace
}  // namespace cus::test
