// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "temp_store.hpp"

namespace cus::store::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

class Jobs : public StoreTest {
 protected:
  JobRow put(JobState state, std::int64_t seconds, const std::string& end = {}) {
    if (chat_.storage.empty()) chat_ = add("default", "a");
    JobRow row{
        .id = new_job_id(), .storage = chat_.storage, .state = state, .started = at(seconds), .end = end};
    value(store().put_job(row));
    return row;
  }
  std::optional<JobRow> find(const JobId& id) { return value(store().find_job(id)); }
  ChatRow chat_;
};

TEST_F(Jobs, GivenARunningJob_WhenTheServerRestarts_ThenItIsFoundAsItWasPut) {
  const JobRow job = put(JobState::running, 1'700'000'000);
  const auto found = value(reopened().find_job(job.id));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, job.id);
  EXPECT_EQ(found->storage, chat_.storage);
  EXPECT_EQ(found->state, JobState::running);
  EXPECT_EQ(found->started, job.started);
  EXPECT_EQ(found->end, "");
}

TEST_F(Jobs, GivenNoSuchJob_WhenLookedFor_ThenNothingIsFound) {
  EXPECT_EQ(find(new_job_id()), std::nullopt);
}

TEST_F(Jobs, GivenARunningJob_WhenItEnds_ThenItsEndIsKeptAndItIsNoLongerListed) {
  JobRow job = put(JobState::running, 1'700'000'000);
  job.state = JobState::ended;
  job.end = R"({"exit_code":0})";
  value(store().put_job(job));
  const auto found = value(reopened().find_job(job.id));
  EXPECT_EQ(found->state, JobState::ended);
  EXPECT_EQ(found->end, job.end);
  EXPECT_TRUE(value(store().running_jobs()).empty());
}

TEST_F(Jobs, GivenJobsInEveryState_WhenTheRunningOnesAreAskedFor_ThenTheyComeByStart) {
  const JobRow later = put(JobState::running, 1'700'000'002);
  put(JobState::ended, 1'700'000'000);
  put(JobState::interrupted, 1'700'000'000);
  const JobRow earlier = put(JobState::running, 1'700'000'001);
  EXPECT_THAT(value(reopened().running_jobs()),
              ElementsAre(Field(&JobRow::id, earlier.id), Field(&JobRow::id, later.id)));
}

TEST_F(Jobs, GivenOldJobs_WhenForgotten_ThenOnlyThoseThatEndedAndStartedBeforeTheLimitGo) {
  const JobRow old_ended = put(JobState::ended, 1'000);
  const JobRow old_interrupted = put(JobState::interrupted, 1'000);
  const JobRow old_running = put(JobState::running, 1'000);
  const JobRow at_limit = put(JobState::ended, 2'000);
  value(store().forget_jobs_before(at(2'000)));
  EXPECT_EQ(find(old_ended.id), std::nullopt);
  EXPECT_EQ(find(old_interrupted.id), std::nullopt);
  EXPECT_TRUE(find(old_running.id));
  EXPECT_TRUE(find(at_limit.id));
}

TEST_F(Jobs, GivenAChatIsRemoved_WhenItsJobsAreLookedFor_ThenTheyAreGone) {
  const JobRow job = put(JobState::running, 1'000);
  value(store().remove_chat(chat_.storage));
  EXPECT_EQ(find(job.id), std::nullopt);
}

TEST_F(Jobs, GivenAnUnknownChat_WhenAJobIsPut_ThenItIsNotFound) {
  const auto refused = run(store().put_job({.id = new_job_id(),
                                            .storage = new_storage_id(),
                                            .state = JobState::running,
                                            .started = at(1),
                                            .end = ""}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::not_found);
}

TEST_F(Jobs, GivenTimesBefore1970AndFarAhead_WhenPut_ThenTheyRoundTrip) {
  const JobRow past = put(JobState::ended, -1'000);
  const JobRow future = put(JobState::ended, 9'000'000'000, "x");
  EXPECT_EQ(find(past.id)->started, past.started);
  EXPECT_EQ(find(future.id)->started, future.started);
}

}  // namespace
}  // namespace cus::store::test
