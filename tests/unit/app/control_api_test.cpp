// SPDX-License-Identifier: Apache-2.0
#include "app/control_api.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::app {
namespace {

ExecRequest request() {
  ExecRequest request;
  request.key = {TenantId("team"), ChatId("chat one")};
  request.argv = {"bash", "-c", "echo \"ü\""};
  request.job = JobId(std::string(32, 'a'));
  request.offset = 1ULL << 40U;
  request.timeout = std::chrono::seconds(9);
  request.keep_stdin_open = true;
  request.split_streams = false;
  return request;
}

TEST(ExecRequest, GivenARequest_WhenEncodedAndDecoded_ThenItIsTheSame) {
  const auto decoded = decode_exec(encode_exec(request()));
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->key, request().key);
  EXPECT_EQ(decoded->argv, request().argv);
  EXPECT_EQ(decoded->job, request().job);
  EXPECT_EQ(decoded->offset, request().offset);
  EXPECT_EQ(decoded->timeout, request().timeout);
  EXPECT_TRUE(decoded->keep_stdin_open);
  EXPECT_FALSE(decoded->split_streams);
}

struct BadRequest {
  const char* name;
  std::string body;
};

class BadRequests : public testing::TestWithParam<BadRequest> {};

TEST_P(BadRequests, GivenARequestThatIsNotRight_WhenDecoded_ThenItIsRefused) {
  EXPECT_FALSE(decode_exec(GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    ExecRequest, BadRequests,
    testing::Values(
        BadRequest{"NoJson", "x"}, BadRequest{"Empty", "{}"},
        BadRequest{"BadTenant",
                   R"({"tenant":"a b","chat":"c","job":"00000000000000000000000000000000","argv":[]})"},
        BadRequest{"BadChat",
                   R"({"tenant":"a","chat":"../c","job":"00000000000000000000000000000000","argv":[]})"},
        BadRequest{"BadJob", R"({"tenant":"a","chat":"c","job":"1","argv":[]})"},
        BadRequest{"NoArgv", R"({"tenant":"a","chat":"c","job":"00000000000000000000000000000000"})"},
        BadRequest{"NumberInArgv",
                   R"({"tenant":"a","chat":"c","job":"00000000000000000000000000000000","argv":[1]})"}),
    [](const auto& info) { return info.param.name; });

TEST(ExecRequest, GivenNegativeNumbers_WhenDecoded_ThenTheyCountAsNone) {
  const auto decoded = decode_exec(
      R"({"tenant":"a","chat":"c","job":"00000000000000000000000000000000","argv":[],"offset":-5,"timeout_s":-1})");
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->offset, 0U);
  EXPECT_EQ(decoded->timeout.count(), 0);
}

}  // namespace
}  // namespace cus::app
