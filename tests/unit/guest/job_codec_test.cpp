// SPDX-License-Identifier: Apache-2.0
#include "guest/job_codec.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::guest {
namespace {

TEST(JobSpecJson, GivenASpec_WhenEncoded_ThenEveryFieldIsThere) {
  JobSpec spec;
  spec.id = JobId(std::string(32, 'f'));
  spec.argv = {"bash"};
  spec.script = "echo \"ü\"";
  spec.env = {{"A", "b"}};
  spec.keep_stdin_open = true;
  spec.split_streams = true;
  spec.timeout = std::chrono::seconds(2);
  spec.want_head = 10;
  spec.want_tail = 20;
  const Json expected = {
      {"id", spec.id.str()}, {"argv", {"bash"}}, {"script", "echo \"ü\""}, {"cwd", "/home/assistant"},
      {"env", {{"A", "b"}}}, {"stdin", true},    {"split", true},          {"timeout_ms", 2000},
      {"head", 10},          {"tail", 20}};
  EXPECT_EQ(Json::parse(encode_spec(spec)), expected);
}

TEST(JobEndJson, GivenAnEnd_WhenEncodedAndDecoded_ThenItIsTheSame) {
  JobEnd end;
  end.code = 3;
  end.timed_out = true;
  end.killed = "timeout";
  end.total = 5;
  end.duration = std::chrono::milliseconds(7);
  end.spool = "/tmp/computer-use/x.log";
  end.leftovers = {{12, "sleep"}};
  const auto decoded = decode_end(Json::parse(to_json(end)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->code, 3);
  EXPECT_TRUE(decoded->timed_out);
  EXPECT_EQ(decoded->killed, "timeout");
  EXPECT_EQ(decoded->total, 5U);
  EXPECT_EQ(decoded->duration, end.duration);
  EXPECT_EQ(decoded->spool, end.spool);
  ASSERT_EQ(decoded->leftovers.size(), 1U);
  EXPECT_EQ(decoded->leftovers[0].name, "sleep");
}

TEST(JobEndJson, GivenNoStatusAtAll_WhenDecoded_ThenItIsNeverSuccess) {
  EXPECT_FALSE(decode_end(Json::object()));
  EXPECT_FALSE(decode_end(Json{{"code", 256}}));
  EXPECT_FALSE(decode_end(Json{{"code", "0"}}));
  EXPECT_FALSE(decode_end(Json{{"signal", 0}}));
  EXPECT_FALSE(decode_end(Json::array()));
}

TEST(JobEndJson, GivenHugeTextsAndLists_WhenDecoded_ThenTheyAreBounded) {
  Json leftovers = Json::array();
  for (int i = 0; i < 1000; ++i) leftovers.push_back({{"pid", i}, {"name", std::string(10000, 'n')}});
  const auto end = decode_end(Json{{"error", std::string(100000, 'e')}, {"leftovers", leftovers}});
  ASSERT_TRUE(end);
  EXPECT_LE(end->error->size(), 512U);
  EXPECT_EQ(end->leftovers.size(), max_leftovers);
  EXPECT_LE(end->leftovers[0].name.size(), 512U);
}

TEST(JobEventFrames, GivenOutput_WhenDecoded_ThenOffsetAndBytesAreApart) {
  const auto offset = encode_offset(0x0102030405060708ULL);
  const auto event = decode_event(FrameType::error, std::string(offset.data(), offset.size()) + "bytes");
  ASSERT_TRUE(event);
  const auto& output = std::get<JobOutput>(*event);
  EXPECT_EQ(output.channel, Channel::error);
  EXPECT_EQ(output.offset, 0x0102030405060708ULL);
  EXPECT_EQ(output.bytes, "bytes");
}

TEST(JobEventFrames, GivenFramesAGuestMayNotSend_WhenDecoded_ThenTheyAreRefused) {
  EXPECT_FALSE(decode_event(FrameType::output, "short"));
  EXPECT_FALSE(decode_event(FrameType::kill, "{}"));
  EXPECT_FALSE(decode_event(FrameType::input, "{}"));
  EXPECT_FALSE(decode_event(static_cast<FrameType>('?'), "{}"));
  EXPECT_FALSE(decode_event(FrameType::end, "no json"));
  EXPECT_FALSE(decode_event(FrameType::gap, R"({"from":5,"to":1})"));
}

TEST(JobEventFrames, GivenEveryEvent_WhenEncodedAndDecoded_ThenItIsTheSame) {
  const std::string frame = encode_event(JobGap{.channel = Channel::error, .from = 1, .to = 9});
  std::array<char, frame_header_bytes> raw{};
  std::copy_n(frame.begin(), raw.size(), raw.begin());
  const FrameHeader header = decode_frame_header(raw);
  EXPECT_EQ(header.type, FrameType::gap);
  EXPECT_EQ(header.size, frame.size() - raw.size());
  const auto gap = decode_event(header.type, frame.substr(raw.size()));
  ASSERT_TRUE(gap);
  EXPECT_EQ(std::get<JobGap>(*gap).to, 9U);
  EXPECT_EQ(std::get<JobGap>(*gap).channel, Channel::error);
}

TEST(GuestErrors, GivenAnErrorBody_WhenDecoded_ThenItsCodeAndMessageAreKept) {
  const Error error = decode_error(429, R"({"error":"too_many","message":"The process limit is reached."})");
  EXPECT_EQ(error.code, Code::too_many);
  EXPECT_EQ(error.message, "The process limit is reached.");
  EXPECT_EQ(decode_error(500, "garbage").code, Code::unavailable);
}

TEST(JobStatusJson, GivenAListedJob_WhenItsIdIsNotValid_ThenItIsRefused) {
  EXPECT_FALSE(decode_status(Json{{"id", "../x"}, {"state", "running"}}));
  const auto status = decode_status(Json{{"id", std::string(32, '0')}, {"state", "running"}, {"total", 4}});
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->running);
  EXPECT_EQ(status->total, 4U);
}

}  // namespace
}  // namespace cus::guest
