// SPDX-License-Identifier: Apache-2.0
// A server that does not keep to the protocol of an attached job.
#include <gtest/gtest.h>

#include "rig.hpp"

namespace cus::test {
namespace {

class JobSessionTest : public testing::Test {
 protected:
  // Whether the guest closed the connection and the job still runs.
  void expect_detached(std::unique_ptr<Attached> job) {
    job->release()->read_all();
    const json jobs = rig_.request("GET", "/v1/jobs").body.at("jobs");
    EXPECT_EQ(jobs.back().at("state"), "running");
  }
  std::unique_ptr<Attached> sleeping_job() { return rig_.start(Rig::spec("sleep 300")); }

  Rig rig_;
};

TEST_F(JobSessionTest, GivenARunningJob_WhenTheServerSaysDone_ThenOnlyTheConnectionEnds) {
  auto job = sleeping_job();
  job->send(guest::FrameType::done);
  expect_detached(std::move(job));
}

TEST_F(JobSessionTest, GivenARunningJob_WhenAFrameOfTheGuestsOwnComes_ThenOnlyTheConnectionEnds) {
  auto job = sleeping_job();
  job->send(guest::FrameType::output, "12345678x");
  expect_detached(std::move(job));
}

TEST_F(JobSessionTest, GivenARunningJob_WhenAFrameIsTooLarge_ThenOnlyTheConnectionEnds) {
  auto job = sleeping_job();
  job->send(guest::FrameType::input, std::string(guest::max_frame_bytes + 1, 'x'));
  expect_detached(std::move(job));
}

TEST_F(JobSessionTest, GivenAKillWithoutAReason_WhenItIsObeyed_ThenTheReasonIsKilled) {
  for (const std::string& payload :
       {std::string(), std::string("{"), std::string("[]"), std::string("{\"why\":7}")}) {
    const auto job = sleeping_job();
    job->send(guest::FrameType::kill, payload);
    EXPECT_EQ(job->finish().end.at("killed"), "killed");
  }
}

TEST_F(JobSessionTest, GivenInputForAJobWithout_WhenItComes_ThenItIsLost) {
  const auto job = rig_.start(Rig::spec("cat; echo end"));
  job->send(guest::FrameType::input, "nobody reads this");
  job->send(guest::FrameType::input_end);
  EXPECT_EQ(job->finish().output, "end\n");
}

TEST_F(JobSessionTest, GivenAKillAfterTheEnd_WhenItComes_ThenLeftoversAreEndedAndTheEndStays) {
  const json spec = Rig::spec("sleep 300 & echo $!");
  const auto job = rig_.start(spec);
  const Outcome outcome = job->finish();
  job->send(guest::FrameType::kill, R"({"why":"cleanup"})");
  const pid_t left = std::stoi(outcome.output);
  wait_until([left] { return !process_alive(left); });
  EXPECT_EQ(rig_.request("GET", "/v1/jobs").body.at("jobs")[0].at("end"), outcome.end);
}

}  // namespace
}  // namespace cus::test
