// SPDX-License-Identifier: Apache-2.0
#include "web/trace_context.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cus::web {
namespace {

const std::string trace = "0af7651916cd43dd8448eb211c80319c";
const std::string parent = "b7ad6b7169203331";
const std::string good = "00-" + trace + "-" + parent + "-01";

TEST(TraceContext, GivenWellFormedValues_WhenChecked_ThenTheyAreBelieved) {
  EXPECT_TRUE(is_traceparent(good));
  EXPECT_TRUE(is_traceparent("00-" + trace + "-" + parent + "-00"));
  EXPECT_TRUE(is_traceparent("cc-" + trace + "-" + parent + "-01"));
  EXPECT_TRUE(is_traceparent("01-" + trace + "-" + parent + "-01-what-comes-later"));
}

TEST(TraceContext, GivenAnythingElse_WhenChecked_ThenItIsNot) {
  const std::string zeros(32, '0');
  for (const std::string& text :
       {std::string(), std::string("00"), good.substr(1), good + "-", good + "x", good + " ",
        "ff" + good.substr(2), "0G" + good.substr(2), "00-" + zeros + "-" + parent + "-01",
        "00-" + trace + "-" + zeros.substr(16) + "-01", "00_" + trace + "-" + parent + "-01",
        "00-" + trace + "_" + parent + "-01", "00-" + trace + "-" + parent + "_01",
        "00-0AF7651916CD43DD8448EB211C80319C-" + parent + "-01", "00-" + trace + "-" + parent + "-0x",
        "01-" + trace + "-" + parent + "-01x", "01-" + trace + "-" + parent + "-01-a\nb",
        "01-" + trace + "-" + parent + "-01-" + std::string(100, 'a')}) {
    EXPECT_FALSE(is_traceparent(text)) << text;
  }
}

}  // namespace
}  // namespace cus::web
