// SPDX-License-Identifier: Apache-2.0
#include "engine/native/spec_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/native/bwrap_options.hpp"
#include "engine/samples.hpp"

namespace cus::engine {
namespace {

// Every member, in words.
std::string text_of(const SandboxSpec& spec) {
  return dump_json(spec_to_json(spec));
}

TEST(SpecJson, GivenASpec_WhenWrittenAndRead_ThenItIsTheSame) {
  SandboxSpec spec = test::sample_spec();
  spec.hostname = "other";
  spec.uid = 1001;
  spec.gid = 1002;
  const auto read = spec_from_json(parse_json(text_of(spec)).value());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->storage, spec.storage);
  EXPECT_EQ(read->instance, spec.instance);
  EXPECT_EQ(read->image, spec.image);
  EXPECT_EQ(read->hostname, spec.hostname);
  EXPECT_EQ(read->uid, spec.uid);
  EXPECT_EQ(read->gid, spec.gid);
  EXPECT_EQ(read->argv, spec.argv);
  EXPECT_EQ(read->limits, spec.limits);
  ASSERT_EQ(read->mounts.size(), 2U);
  ASSERT_EQ(read->tmpfs.size(), 2U);
  EXPECT_EQ(read->tmpfs[1].inodes, 100U);
  EXPECT_TRUE(read->tmpfs[0].executable);
  EXPECT_FALSE(read->tmpfs[1].executable);
  const BwrapPlaces places{.root = "/r", .more = {}};
  EXPECT_EQ(bwrap_options(*read, places), bwrap_options(spec, places));
}

TEST(SpecJson, GivenALargeButLegalLimit_WhenWrittenAndRead_ThenItIsTheSame) {
  SandboxSpec spec = test::sample_spec();
  spec.limits.memory_bytes = INT64_MAX;
  const auto read = spec_from_json(parse_json(text_of(spec)).value());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->limits, spec.limits);
}

// All but the number of the schema, which is for later.
TEST(SpecJson, GivenAnySingleMemberMissing_WhenRead_ThenThereIsNoSpec) {
  const Json whole = spec_to_json(test::sample_spec());
  ASSERT_TRUE(spec_from_json(whole));
  for (const auto& [key, value] : whole.items()) {
    if (key == "schema") continue;
    Json without = whole;
    without.erase(key);
    EXPECT_FALSE(spec_from_json(without)) << key;
  }
  for (const char* list : {"mounts", "tmpfs"}) {
    for (const auto& [key, value] : whole[list][0].items()) {
      Json without = whole;
      without[list][0].erase(key);
      EXPECT_FALSE(spec_from_json(without)) << list << " " << key;
    }
  }
}

TEST(SpecJson, GivenAnySingleMemberOfAnotherKind_WhenRead_ThenThereIsNoSpec) {
  const Json whole = spec_to_json(test::sample_spec());
  for (const Json& wrong : {Json(nullptr), Json(1.5), Json::object(), Json("7"), Json::array({nullptr})}) {
    for (const auto& [key, value] : whole.items()) {
      if (key == "schema" || (value.is_string() && wrong.is_string())) continue;
      Json other = whole;
      other[key] = wrong;
      EXPECT_FALSE(spec_from_json(other)) << key << " " << wrong;
    }
  }
}

// A number that does not fit would become another one, a user's 0 of all.
TEST(SpecJson, GivenANumberThatDoesNotFit_WhenRead_ThenThereIsNoSpec) {
  const Json whole = spec_to_json(test::sample_spec());
  for (const char* key : {"uid", "gid"}) {
    for (const std::int64_t number : {std::int64_t{1} << 32U, std::int64_t{-1}}) {
      Json other = whole;
      other[key] = number;
      EXPECT_FALSE(spec_from_json(other)) << key << " " << number;
    }
  }
  Json other = whole;
  other["memory_bytes"] = -1;
  EXPECT_FALSE(spec_from_json(other));
}

TEST(SpecJson, GivenNoObject_WhenRead_ThenThereIsNoSpec) {
  for (const char* text : {"7", "[]", "null", "\"x\"", "{}"})
    EXPECT_FALSE(spec_from_json(parse_json(text).value())) << text;
}

}  // namespace
}  // namespace cus::engine
