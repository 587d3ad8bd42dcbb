// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>

#include "cus/guest/guest.hpp"
#include "cus/guest/job_json.hpp"
#include "support/run_task.hpp"

namespace cus::guest {
namespace {

using namespace std::chrono_literals;
using test::run_task;

class OneConnection final : public GuestDialer {
 public:
  explicit OneConnection(Executor executor) : executor_(std::move(executor)) {}
  Task<Result<net::HttpConnection>> take(Deadline) override { co_return fail(Code::unavailable, "none"); }
  void give_back(net::HttpConnection) override { ++given_back; }
  Executor executor() override { return executor_; }
  int given_back = 0;

 private:
  Executor executor_;
};

class Stream : public testing::Test {
 protected:
  Stream() {
    boost::asio::local::stream_protocol::socket a(loop_);
    boost::asio::local::stream_protocol::socket b(loop_);
    boost::asio::local::connect_pair(a, b);
    peer_ = net::make_stream(std::move(b));
    stream_.emplace(dialer_, JobId(std::string(32, '0')),
                    net::HttpConnection(net::make_stream(std::move(a))));
  }
  void peer_sends(const std::string& bytes) { ASSERT_TRUE(run_task(loop_, peer_->write(bytes, after(1s)))); }
  Result<JobEvent> next(Clock::duration wait = 1s) { return run_task(loop_, stream_->next(after(wait))); }
  std::string peer_reads() {
    std::array<char, 4096> chunk{};
    const auto got = run_task(loop_, peer_->read_some(chunk, after(1s)));
    return got ? std::string(chunk.data(), *got) : "";
  }
  static JobEnd success() {
    JobEnd end;
    end.code = 0;
    return end;
  }

  boost::asio::io_context loop_;
  OneConnection dialer_{loop_.get_executor()};
  net::StreamPtr peer_;
  std::optional<JobStream> stream_;
};

TEST_F(Stream, GivenFramesSplitAtEveryByte_WhenRead_ThenTheEventsAreWhole) {
  const std::string bytes = encode_event(JobOutput{.offset = 7, .bytes = "hello"}) + encode_event(success());
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    if (i == encode_event(JobOutput{.offset = 7, .bytes = "hello"}).size()) {
      const auto output = next();
      ASSERT_TRUE(output);
      EXPECT_EQ(std::get<JobOutput>(*output).bytes, "hello");
    }
    peer_sends(bytes.substr(i, 1));
    if (i + 1 < 18) EXPECT_EQ(next(0ms).error().code, Code::timed_out);
  }
  peer_sends(bytes.substr(bytes.size() - 1));
  const auto end = next();
  ASSERT_TRUE(end);
  EXPECT_EQ(std::get<JobEnd>(*end).code, 0);
}

TEST_F(Stream, GivenTheEnd_WhenItWasRead_ThenTheConnectionGoesBackWithADoneFrame) {
  peer_sends(encode_event(success()));
  ASSERT_TRUE(next());
  EXPECT_EQ(dialer_.given_back, 1);
  EXPECT_EQ(peer_reads(), encode_frame(FrameType::done, ""));
  EXPECT_FALSE(next());
}

TEST_F(Stream, GivenSilence_WhenTheDeadlinePasses_ThenTheStreamStaysUsable) {
  EXPECT_EQ(next(10ms).error().code, Code::timed_out);
  peer_sends(encode_event(success()));
  EXPECT_TRUE(next());
}

TEST_F(Stream, GivenTheConnectionBreaks_WhenRead_ThenItIsAnErrorAndNeverSuccess) {
  peer_->close();
  const auto event = next();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Code::io);
  EXPECT_EQ(dialer_.given_back, 0);
}

TEST_F(Stream, GivenAFrameLargerThanAllowed_WhenRead_ThenTheStreamEnds) {
  const auto header = encode_frame_header({FrameType::output, 0xffffffffU});
  peer_sends(std::string(header.data(), header.size()));
  const auto event = next();
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code, Code::protocol);
  EXPECT_FALSE(next());
}

TEST_F(Stream, GivenInputOfMoreThanAFrame_WhenSent_ThenItIsCutIntoFrames) {
  const std::string input(max_frame_bytes + 10, 'i');
  ASSERT_TRUE(run_task(loop_, stream_->send_input(input, after(1s))));
  std::string got;
  while (got.size() < input.size() + 2 * frame_header_bytes) got += peer_reads();
  EXPECT_EQ(got, encode_frame(FrameType::input, input.substr(0, max_frame_bytes)) +
                     encode_frame(FrameType::input, input.substr(max_frame_bytes)));
}

TEST_F(Stream, GivenARunningJob_WhenKilled_ThenTheReasonIsSent) {
  ASSERT_TRUE(run_task(loop_, stream_->kill("cancelled", after(1s))));
  EXPECT_EQ(peer_reads(), encode_frame(FrameType::kill, R"({"why":"cancelled"})"));
}

}  // namespace
}  // namespace cus::guest
