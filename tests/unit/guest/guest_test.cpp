// SPDX-License-Identifier: Apache-2.0
#include "cus/guest/guest.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <deque>

#include "cus/guest/job_json.hpp"
#include "support/run_task.hpp"

namespace cus::guest {
namespace {

using namespace std::chrono_literals;
using test::run_task;

// Each connection is answered with the next script: "" closes it unanswered.
class ScriptedDialer final : public GuestDialer {
 public:
  explicit ScriptedDialer(boost::asio::io_context& loop) : loop_(loop) {}
  Task<Result<net::HttpConnection>> take(Deadline) override {
    if (answers.empty()) co_return fail(Code::unavailable, "none");
    boost::asio::local::stream_protocol::socket a(loop_);
    boost::asio::local::stream_protocol::socket b(loop_);
    boost::asio::local::connect_pair(a, b);
    boost::asio::co_spawn(loop_, serve(net::make_stream(std::move(b)), answers.front(), &requests),
                          boost::asio::detached);
    answers.pop_front();
    co_return net::HttpConnection(net::make_stream(std::move(a)));
  }
  void give_back(net::HttpConnection) override { ++given_back; }
  Executor executor() override { return loop_.get_executor(); }

  std::deque<std::string> answers;
  std::vector<std::string> requests;
  int given_back = 0;

 private:
  static Task<> serve(net::StreamPtr stream, std::string answer, std::vector<std::string>* requests) {
    net::HttpConnection connection(std::move(stream));
    const auto head = co_await connection.read_request(after(1s));
    if (!head || !head->has_value() || answer.empty()) co_return;
    const auto body = co_await connection.read_body(1 << 20, after(1s));
    requests->push_back((*head)->method + " " + (*head)->target + " " + body.value_or("?"));
    co_await connection.write(answer, after(1s));
    std::array<char, 64> ignored{};
    (void)co_await connection.stream().read_some(ignored, after(1s));
  }
  boost::asio::io_context& loop_;
};

std::string http(int status, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
const std::string upgraded = "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: cus-job\r\n\r\n";

class GuestCalls : public testing::Test {
 protected:
  boost::asio::io_context loop_;
  ScriptedDialer dialer_{loop_};
  Guest guest_{dialer_};
  JobSpec spec() {
    JobSpec spec;
    spec.id = JobId(std::string(32, '0'));
    spec.argv = {"true"};
    return spec;
  }
};

TEST_F(GuestCalls, GivenAJob_WhenStarted_ThenItsEventsComeFromTheUpgradedConnection) {
  JobEnd end;
  end.code = 0;
  dialer_.answers = {upgraded + encode_event(end)};
  auto job = run_task(loop_, guest_.start(spec(), after(1s)));
  ASSERT_TRUE(job);
  const auto event = run_task(loop_, job->next(after(1s)));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<JobEnd>(*event).code, 0);
}

TEST_F(GuestCalls, GivenAConnectionThatDiedWhileIdle_WhenAJobIsStarted_ThenTheNextOneIsUsed) {
  dialer_.answers = {"", upgraded};
  EXPECT_TRUE(run_task(loop_, guest_.start(spec(), after(1s))));
}

TEST_F(GuestCalls, GivenTwoDeadConnections_WhenAJobIsStarted_ThenItIsAnError) {
  dialer_.answers = {"", "", upgraded};
  EXPECT_FALSE(run_task(loop_, guest_.start(spec(), after(1s))));
}

TEST_F(GuestCalls, GivenARefusal_WhenAJobIsStarted_ThenTheGuestsWordsAreTheError) {
  dialer_.answers = {http(429, R"({"error":"too_many","message":"Full."})")};
  const auto job = run_task(loop_, guest_.start(spec(), after(1s)));
  ASSERT_FALSE(job);
  EXPECT_EQ(job.error().code, Code::too_many);
  EXPECT_EQ(dialer_.given_back, 1);
}

TEST_F(GuestCalls, GivenAnAnswerThatIsNoHttp_WhenAsked_ThenItIsAProtocolError) {
  dialer_.answers = {"garbage\r\n\r\n", "garbage\r\n\r\n"};
  const auto jobs = run_task(loop_, guest_.jobs(after(1s)));
  ASSERT_FALSE(jobs);
  EXPECT_EQ(jobs.error().code, Code::protocol);
}

TEST_F(GuestCalls, GivenAnAnswerLargerThanAllowed_WhenAsked_ThenItIsRefused) {
  dialer_.answers = {http(200, std::string((1U << 20U) + 1, ' '))};
  const auto jobs = run_task(loop_, guest_.jobs(after(5s)));
  ASSERT_FALSE(jobs);
  EXPECT_EQ(jobs.error().code, Code::too_large);
}

TEST_F(GuestCalls, GivenJobs_WhenListed_ThenTheyAreDecoded) {
  dialer_.answers = {
      http(200, R"({"jobs":[{"id":"00000000000000000000000000000000","state":"running","total":3}]})")};
  const auto jobs = run_task(loop_, guest_.jobs(after(1s)));
  ASSERT_TRUE(jobs);
  ASSERT_EQ(jobs->size(), 1U);
  EXPECT_TRUE(jobs->front().running);
}

TEST_F(GuestCalls, GivenAJobId_WhenAttached_ThenTheOffsetIsAskedFor) {
  dialer_.answers = {upgraded};
  EXPECT_TRUE(run_task(loop_, guest_.attach(JobId(std::string(32, '0')), 77, after(1s))));
  EXPECT_EQ(dialer_.requests.at(0), "GET /v1/jobs/00000000000000000000000000000000?offset=77 ");
}

}  // namespace
}  // namespace cus::guest
