// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/frames.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cus/guest/job_json.hpp"
#include "rig.hpp"

namespace cus::guest_agent {
namespace {

using guest::encode_frame;

class FramesTest : public testing::Test {
 protected:
  test::TempDirectory directory_;
  SpoolDirectory spools_{directory_.path() / "spool"};
};

TEST_F(FramesTest, GivenOutput_WhenItBecomesAFrame_ThenItHasItsOffsetAndItsBytes) {
  OutputLog log(spools_, "x");
  log.append("hello");
  std::string batch = "before";
  EXPECT_EQ(append_output(batch, guest::Channel::output, log, 1, 4), 4U);
  EXPECT_EQ(batch, std::string("before") + std::string("o\0\0\0\x0b", 5) +
                       std::string("\0\0\0\0\0\0\0\x01", 8) + "ell");
  batch.clear();
  append_output(batch, guest::Channel::error, log, 0, 1);
  EXPECT_EQ(batch.front(), 'e');
}

TEST_F(FramesTest, GivenLongOutput_WhenItBecomesAFrame_ThenNoFrameIsLargerThanAllowed) {
  OutputLog log(spools_, "x");
  log.append(std::string(200'000, 'x'));
  std::string batch;
  EXPECT_EQ(append_output(batch, guest::Channel::output, log, 0, 200'000), guest::max_frame_bytes - 8);
  EXPECT_EQ(batch.size(), guest::frame_header_bytes + guest::max_frame_bytes);
}

TEST_F(FramesTest, GivenBytesThatAreGone_WhenTheyAreAskedFor_ThenAGapSaysWhichOnes) {
  OutputLog log(spools_, "x");
  log.append("hello");
  log.release_memory();
  std::string batch;
  EXPECT_EQ(append_output(batch, guest::Channel::error, log, 2, 5), 5U);
  EXPECT_EQ(batch, encode_frame(guest::FrameType::gap, R"({"from":2,"stream":"error","to":5})"));
}

TEST_F(FramesTest, GivenFramesInAnySplit_WhenTheyAreTaken_ThenEachComesWholeAndInOrder) {
  const std::string bytes =
      encode_frame(guest::FrameType::input, "abc") + encode_frame(guest::FrameType::input_end, "") +
      encode_frame(guest::FrameType::kill, R"({"why":"x"})") + encode_frame(guest::FrameType::done, "");
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    std::string buffer = bytes.substr(0, cut);
    std::string seen;
    for (int half = 0; half < 2; ++half) {
      for (auto taken = take_frame(buffer); taken && *taken; taken = take_frame(buffer)) {
        seen += static_cast<char>((*taken)->type) + (*taken)->payload + ";";
      }
      if (half == 0) buffer += bytes.substr(cut);
    }
    ASSERT_EQ(seen, "iabc;c;k{\"why\":\"x\"};d;") << cut;
    ASSERT_TRUE(buffer.empty());
  }
}

TEST_F(FramesTest, GivenAFrameOfUnknownTypeOrSize_WhenItIsTaken_ThenItIsRefusedByItsHeader) {
  for (const std::string& bytes : {std::string("o\0\0\0\1x", 6), std::string("\0\0\0\0\0", 5),
                                   std::string("i\xff\xff\xff\xff", 5), std::string("i\0\1\0\1", 5)}) {
    std::string buffer = bytes;
    const auto taken = take_frame(buffer);
    ASSERT_FALSE(taken.has_value());
    EXPECT_EQ(taken.error().code, Code::protocol);
  }
}

TEST_F(FramesTest, GivenALineThatIsNotText_WhenProgressIsMade_ThenTheFrameIsStillJson) {
  std::string batch;
  append_progress(batch, 7, "caf\xc3");
  const auto progress = nlohmann::json::parse(batch.substr(guest::frame_header_bytes));
  EXPECT_EQ(progress.at("total"), 7);
  EXPECT_EQ(progress.at("line"), "caf\xef\xbf\xbd");
}

}  // namespace
}  // namespace cus::guest_agent
