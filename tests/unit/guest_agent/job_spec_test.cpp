// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/job_spec.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace cus::guest_agent {
namespace {

Json smallest() {
  return {{"id", std::string(32, 'a')}, {"argv", {"true"}}};
}

Json with(const char* name, Json value) {
  Json body = smallest();
  body[name] = std::move(value);
  return body;
}

TEST(JobSpecTest, GivenTheSmallestSpec_WhenItIsRead_ThenEverythingElseHasItsDefault) {
  Json body = smallest();
  const auto spec = parse_job_spec(body);
  ASSERT_TRUE(spec.has_value());
  EXPECT_EQ(spec->id.str(), std::string(32, 'a'));
  EXPECT_EQ(spec->argv, std::vector<std::string>{"true"});
  EXPECT_EQ(spec->cwd, "/home/assistant");
  EXPECT_TRUE(spec->env.empty());
  EXPECT_FALSE(spec->script || spec->want_head || spec->want_tail || spec->keep_stdin_open ||
               spec->split_streams);
  EXPECT_EQ(spec->timeout.count(), 0);
}

TEST(JobSpecTest, GivenEverything_WhenItIsRead_ThenAllOfItIsThere) {
  Json body = {{"id", std::string(32, '0')},
               {"argv", {"bash", "-x"}},
               {"script", std::string(300'000, 's')},
               {"cwd", "/tmp"},
               {"env", {{"A", "1"}, {"B", ""}}},
               {"stdin", true},
               {"split", true},
               {"timeout_ms", 1500},
               {"head", 0},
               {"tail", 7}};
  const auto spec = parse_job_spec(body);
  ASSERT_TRUE(spec.has_value());
  EXPECT_EQ(spec->argv.back(), "-x");
  EXPECT_EQ(spec->script->size(), 300'000U);
  EXPECT_EQ(spec->cwd, "/tmp");
  EXPECT_EQ(spec->env.at("A"), "1");
  EXPECT_EQ(spec->env.at("B"), "");
  EXPECT_TRUE(spec->keep_stdin_open);
  EXPECT_TRUE(spec->split_streams);
  EXPECT_EQ(spec->timeout.count(), 1500);
  EXPECT_EQ(spec->want_head, 0U);
  EXPECT_EQ(spec->want_tail, 7U);
}

class JobSpecRefusal : public testing::TestWithParam<Json> {};

TEST_P(JobSpecRefusal, GivenSomethingThatCannotBeMeant_WhenItIsRead_ThenItIsRefusedWithASentence) {
  Json body = GetParam();
  const auto spec = parse_job_spec(body);
  ASSERT_FALSE(spec.has_value());
  EXPECT_EQ(spec.error().code, Code::invalid_argument);
  EXPECT_TRUE(spec.error().message.ends_with('.'));
}

INSTANTIATE_TEST_SUITE_P(
    Each, JobSpecRefusal,
    testing::Values(Json(nullptr), Json::array(), Json::object(), with("id", "abc"), with("id", 5),
                    with("id", std::string(32, 'A')), with("argv", "true"), with("argv", Json::array()),
                    with("argv", {""}), with("argv", {1}), with("argv", {"a", std::string("b\0c", 3)}),
                    with("argv", {std::string(most_argument_bytes + 1, 'x')}),
                    with("argv", std::vector<std::string>(most_arguments + 1, "x")), with("cwd", "relative"),
                    with("cwd", ""), with("cwd", 1), with("cwd", std::string("/a\0b", 4)),
                    with("cwd", "/" + std::string(most_path_bytes, 'x')), with("env", {"A"}),
                    with("env", {{"", "x"}}), with("env", {{"A=B", "x"}}), with("env", {{"A", 1}}),
                    with("env", {{"A", std::string("x\0", 2)}}),
                    with("env", {{"A", std::string(most_argument_bytes, 'x')}}),
                    with("env", {{std::string(2 * most_argument_bytes, 'A'), "xx"}}), with("timeout_ms", -1),
                    with("timeout_ms", "1"), with("timeout_ms", 1.5), with("head", -1), with("tail", "x"),
                    with("tail", 1e300)));

TEST(JobSpecTest, GivenTheLargestOfEverything_WhenItIsRead_ThenItIsTaken) {
  Json body = with("argv", std::vector<std::string>(most_arguments, "x"));
  body["argv"][0] = std::string(most_argument_bytes, 'x');
  body["timeout_ms"] = INT64_MAX;
  const auto spec = parse_job_spec(body);
  ASSERT_TRUE(spec.has_value());
  EXPECT_EQ(spec->timeout.count(), most_timeout_ms);
}

}  // namespace
}  // namespace cus::guest_agent
