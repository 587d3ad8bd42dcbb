// SPDX-License-Identifier: Apache-2.0
// The requests of the protocol, and what is no request.
#include <gtest/gtest.h>

#include "rig.hpp"

namespace cus::test {
namespace {

class ServiceTest : public testing::Test {
 protected:
  Rig rig_;
};

TEST_F(ServiceTest, GivenAGuest_WhenItsStatusIsAsked_ThenItSaysWhoItIs) {
  const Reply reply = rig_.request("GET", "/v1/status");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body.at("boot"), rig_.hellos().front().at("boot"));
  EXPECT_EQ(reply.body.at("build"), rig_.hellos().front().at("build"));
  EXPECT_GE(reply.body.at("uptime_ms"), 0);
  EXPECT_EQ(reply.body.at("jobs"), 0);
  EXPECT_TRUE(reply.body.at("oom_kills").is_number());
}

TEST_F(ServiceTest, GivenJobs_WhenTheyAreListed_ThenEachHasItsStateAndItsEnd) {
  const json ended = Rig::spec("exit 2");
  rig_.run_spec(ended);
  const json running = Rig::spec("echo four; sleep 300");
  const auto job = rig_.start(running);
  job->next();
  const json jobs = rig_.request("GET", "/v1/jobs").body.at("jobs");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].at("id"), ended.at("id"));
  EXPECT_EQ(jobs[0].at("state"), "exited");
  EXPECT_EQ(jobs[0].at("end").at("code"), 2);
  EXPECT_EQ(jobs[1].at("state"), "running");
  EXPECT_EQ(jobs[1].at("total"), 5);
  EXPECT_FALSE(jobs[1].contains("end"));
}

TEST_F(ServiceTest, GivenWhatDoesNotExist_WhenItIsAskedFor_ThenTheErrorIsJson) {
  const std::string unknown = "/v1/jobs/" + std::string(32, 'd');
  EXPECT_EQ(rig_.request("GET", "/v1/nothing").status, 404);
  EXPECT_EQ(rig_.request("GET", unknown).body.at("error"), "not_found");
  EXPECT_EQ(rig_.request("POST", unknown + "/kill", {{"why", "x"}}).status, 404);
  EXPECT_EQ(rig_.request("DELETE", unknown).status, 404);
  EXPECT_EQ(rig_.upgrade(unknown, guest::upgrade_job).refusal.status, 404);
  EXPECT_EQ(rig_.request("PUT", "/v1/status").status, 405);
  EXPECT_EQ(rig_.request("DELETE", "/v1/jobs").status, 405);
}

TEST_F(ServiceTest, GivenAJobThatIsWrong_WhenItIsStarted_ThenItIsRefusedAndTheConnectionServesOn) {
  EXPECT_EQ(rig_.upgrade("/v1/jobs", guest::upgrade_job, {{"id", "x"}}).refusal.status, 400);
  EXPECT_EQ(
      rig_.upgrade("/v1/jobs", guest::upgrade_job, {{"id", std::string(32, 'a')}}).refusal.body.at("error"),
      "invalid_argument");
  EXPECT_EQ(rig_.request("POST", "/v1/jobs", Rig::spec("true")).status, 426);
  EXPECT_EQ(rig_.upgrade("/v1/jobs", guest::upgrade_tunnel, Rig::spec("true")).refusal.status, 426);
  EXPECT_EQ(rig_.run("echo on").output, "on\n");
}

TEST_F(ServiceTest, GivenBytesThatAreNoRequest_WhenTheyCome_ThenTheConnectionEndsAndTheGuestGoesOn) {
  for (const std::string& bytes :
       {std::string("\0\1\2\3\r\n\r\n", 8), std::string("GET / HTTP/9.9\r\n\r\n"),
        "GET /" + std::string(20'000, 'x') + " HTTP/1.1\r\n\r\n",
        std::string("GET /v1/status HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n")}) {
    auto wire = rig_.take(guest::kind_work);
    wire->write(bytes);
    EXPECT_EQ(wire->read_all(), "");
  }
  EXPECT_EQ(rig_.run("echo on").output, "on\n");
}

TEST_F(ServiceTest, GivenABodyBeyondTheLimit_WhenItComes_ThenItIsRefused) {
  auto wire = rig_.take(guest::kind_work);
  wire->write("POST /v1/jobs HTTP/1.1\r\nHost: guest\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "100000\r\n" + std::string(1U << 20U, 'x') + "\r\n";
  try {
    for (std::size_t sent = 0; sent <= guest::max_request_bytes; sent += 1U << 20U) wire->write(chunk);
  } catch (const std::runtime_error&) {
    // The guest may answer and leave before everything was written.
  }
  EXPECT_TRUE(wire->read_line().starts_with("HTTP/1.1 413 "));
  EXPECT_EQ(rig_.run("echo on").output, "on\n");
}

TEST_F(ServiceTest, GivenARequestRightBehindTheLastFrame_WhenTheJobIsDone_ThenItIsAnsweredToo) {
  const auto job = rig_.start(Rig::spec("echo a"));
  job->finish();
  job->send(guest::FrameType::done);
  const auto wire = job->release();
  wire->write("GET /v1/status HTTP/1.1\r\nHost: guest\r\n\r\n");
  EXPECT_EQ(wire->read_line(), "HTTP/1.1 200 OK\r");
}

}  // namespace
}  // namespace cus::test
