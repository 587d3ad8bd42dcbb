// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/answers.hpp"

#include <gmock/gmock.h>

#include "engine/samples.hpp"

namespace cus::engine {
namespace {

using test::inspect_body;
using test::sample_instance;
using test::sample_storage;

TEST(ParseContainer, GivenEachWordForAState_WhenRead_ThenItIsTheStateItMeans) {
  const std::vector<std::pair<std::string, State>> words = {
      {"created", State::created},  {"running", State::running},    {"paused", State::paused},
      {"exited", State::stopped},   {"dead", State::dead},          {"restarting", State::stopped},
      {"removing", State::dead},    {"configured", State::created}, {"initialized", State::created},
      {"stopping", State::running}, {"stopped", State::stopped}};
  for (const auto& [word, state] : words) {
    const auto container = parse_container(inspect_body(word));
    ASSERT_TRUE(container) << word;
    EXPECT_EQ(container->state, state) << word;
  }
}

TEST(ParseContainer, GivenAStartTime_WhenRead_ThenItIsTheBootUnlessItNeverStarted) {
  EXPECT_EQ(parse_container(inspect_body("running", "2026-01-02T03:04:05Z"))->boot, "2026-01-02T03:04:05Z");
  EXPECT_EQ(parse_container(inspect_body("created", "0001-01-01T00:00:00Z"))->boot, "");
}

TEST(ParseContainer, GivenLabels_WhenRead_ThenTheyAreTheContainersOwners) {
  const auto container = parse_container(inspect_body("running"));
  EXPECT_EQ(container->storage, sample_storage.str());
  EXPECT_EQ(container->instance, sample_instance.str());
}

TEST(ParseContainer, GivenAnswersOfTheWrongShape_WhenRead_ThenEachIsATypedError) {
  const std::string id(64, 'a');
  const std::vector<std::string> bodies = {
      "",
      "null",
      "[]",
      "7",
      "{}",
      R"({"State":7})",
      "{\"Id\":\"" + id + "\"}",
      R"({"Id":"../x","State":{"Status":"running"},"Config":{}})",
      R"({"Id":[1],"State":{"Status":"running"},"Config":{}})",
      R"({"Id":")" + id + R"(","State":"running","Config":{}})",
      R"({"Id":")" + id + R"(","State":{"Status":true},"Config":{}})",
      R"({"Id":")" + id + R"(","State":{"Status":"melted"},"Config":{}})",
      std::string(100'000, '['),
      "\xff\xfe"};
  for (const auto& body : bodies) {
    const auto container = parse_container(body);
    ASSERT_FALSE(container) << body.substr(0, 80);
    EXPECT_EQ(test::code_of(container), Code::engine_refused);
  }
}

TEST(ParseContainer, GivenTextOfAnySize_WhenRead_ThenWhatIsKeptIsShortAndPrintable) {
  const auto container = parse_container(inspect_body("running", "x\\n" + std::string(100'000, 'y')));
  ASSERT_TRUE(container);
  EXPECT_LE(container->boot.size(), 64U);
  EXPECT_EQ(container->boot.find('\n'), std::string::npos);
}

std::string listed(const std::string& name, const std::string& instance, const std::string& storage,
                   const std::string& state = "running") {
  return fmt::format(
      R"({{"Names":["/{}"],"State":"{}","Labels":{{"cus.instance":"{}","cus.storage":"{}"}}}})", name, state,
      instance, storage);
}

TEST(ParseContainerList, GivenOurs_WhenRead_ThenEachIsThereWithItsState) {
  const auto list = parse_container_list(
      "[" + listed("cus-" + sample_storage.str(), sample_instance.str(), sample_storage.str(), "exited") +
          "]",
      sample_instance);
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ(list->front().storage, sample_storage);
  EXPECT_EQ(list->front().state, State::stopped);
}

// Case H06: labels alone make nothing ours.
TEST(ParseContainerList, GivenWhatOnlyLooksLikeOurs_WhenRead_ThenItIsLeftOut) {
  const std::string ours = sample_instance.str();
  const std::string storage = sample_storage.str();
  const auto list = parse_container_list(
      "[" + listed("somebody-elses", ours, storage) + "," +
          listed("cus-" + storage, std::string(32, '0'), storage) + "," + listed("cus-x", ours, "x") + "," +
          listed("cus-" + storage, ours, storage, "melted") +
          R"(,7,null,{},{"Names":7,"Labels":[],"State":{}},{"Names":[7],"Labels":{},"State":"running"}])",
      sample_instance);
  ASSERT_TRUE(list);
  EXPECT_TRUE(list->empty());
}

TEST(ParseContainerList, GivenNoList_WhenRead_ThenItIsATypedError) {
  for (const auto* body : {"", "{}", "null", R"({"message":"x"})", "[1"}) {
    EXPECT_EQ(test::code_of(parse_container_list(body, sample_instance)), Code::engine_refused) << body;
  }
}

TEST(ParseCreated, GivenWarnings_WhenRead_ThenTheyAreBounded) {
  const std::string id = test::sample_container_id;
  EXPECT_THAT(parse_created(R"({"Id":")" + id + R"(","Warnings":["no swap limit",7]})").value(),
              testing::ElementsAre("no swap limit"));
  EXPECT_TRUE(parse_created(R"({"Id":")" + id + R"(","Warnings":null})").value().empty());
  EXPECT_EQ(test::code_of(parse_created(R"({"Warnings":[]})")), Code::engine_refused);
}

}  // namespace
}  // namespace cus::engine
