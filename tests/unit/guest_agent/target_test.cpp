// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/target.hpp"

#include <gtest/gtest.h>

namespace cus::guest_agent {
namespace {

const std::string id(32, 'c');

TEST(TargetTest, GivenThePathsOfTheProtocol_WhenTheyAreParsed_ThenEachIsKnown) {
  EXPECT_EQ(parse_target("/v1/status")->kind, Target::Kind::status);
  EXPECT_EQ(parse_target("/v1/jobs")->kind, Target::Kind::jobs);
  EXPECT_EQ(parse_target("/v1/tunnel")->kind, Target::Kind::tunnel);
  EXPECT_EQ(parse_target("/v1/jobs/" + id)->kind, Target::Kind::job);
  EXPECT_EQ(parse_target("/v1/jobs/" + id)->job.str(), id);
  EXPECT_EQ(parse_target("/v1/jobs/" + id + "/kill")->kind, Target::Kind::kill);
  EXPECT_EQ(parse_target("/v1/jobs/" + id + "/kill")->job.str(), id);
}

TEST(TargetTest, GivenWishes_WhenTheyAreParsed_ThenTheyAreTaken) {
  const auto target = parse_target("/v1/jobs/" + id + "?offset=18446744073709551615&tail=3&head=0&other=1");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->wants.offset, ~0ULL);
  EXPECT_EQ(target->wants.head, 0U);
  EXPECT_EQ(target->wants.tail, 3U);
  EXPECT_FALSE(parse_target("/v1/jobs/" + id)->wants.head.has_value());
}

TEST(TargetTest, GivenAnythingElse_WhenItIsParsed_ThenThereIsNoSuchTarget) {
  for (const std::string& text :
       {std::string(), std::string("/"), std::string("/v1"), std::string("/v1/jobs/"),
        std::string("/v1/jobsx"), std::string("/v1/jobs/../status"), "/v1/jobs/" + id + "/",
        "/v1/jobs/" + id + "/kill/x", std::string("/v1/jobs/kill"), std::string("/v1/jobs//kill"),
        "/v1/jobs/" + id + "?offset", "/v1/jobs/" + id + "?offset=-1", "/v1/jobs/" + id + "?offset=1x",
        "/v1/jobs/" + id + "?offset=18446744073709551616", "/v2/jobs/" + id}) {
    EXPECT_FALSE(parse_target(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace cus::guest_agent
