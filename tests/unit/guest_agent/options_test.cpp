// SPDX-License-Identifier: Apache-2.0
#include "guest_agent/options.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "guest_agent/build_id.hpp"

namespace cus::guest_agent {
namespace {

Result<Options> parse(const std::vector<const char*>& arguments) {
  return parse_options(arguments);
}

TEST(OptionsTest, GivenNothing_WhenItIsParsed_ThenThePlacesAreTheProtocols) {
  const auto options = parse({});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->socket, "/run/computer-use/server.sock");
  EXPECT_EQ(options->home, "/home/assistant");
  EXPECT_EQ(options->spool_directory, "/tmp/computer-use");
  EXPECT_EQ(options->http_port, 3128);
  EXPECT_EQ(options->socks_port, 1080);
  EXPECT_EQ(options->memory_limit, 0U);
  EXPECT_FALSE(options->show_version);
}

TEST(OptionsTest, GivenEverything_WhenItIsParsed_ThenItIsTaken) {
  const auto options = parse({"--socket", "/s", "--home", "/h", "--spool-dir", "/d", "--http-port", "0",
                              "--socks-port", "65535", "--memory-limit", "5000000000", "--version"});
  ASSERT_TRUE(options.has_value());
  EXPECT_EQ(options->socket, "/s");
  EXPECT_EQ(options->home, "/h");
  EXPECT_EQ(options->spool_directory, "/d");
  EXPECT_EQ(options->http_port, 0);
  EXPECT_EQ(options->socks_port, 65535);
  EXPECT_EQ(options->memory_limit, 5'000'000'000U);
  EXPECT_TRUE(options->show_version);
}

TEST(OptionsTest, GivenAnythingElse_WhenItIsParsed_ThenItIsRefused) {
  for (const std::vector<const char*>& arguments :
       std::vector<std::vector<const char*>>{{"--socket"},
                                             {"--memory-limit", "2g"},
                                             {"--http-port", "x"},
                                             {"--http-port", "65536"},
                                             {"--what", "1"},
                                             {"file"}}) {
    EXPECT_FALSE(parse(arguments).has_value()) << arguments.front();
  }
}

TEST(BuildIdTest, GivenThisProgram_WhenItIsAskedTwice_ThenItSaysTheSameWithAVersionBeforeTheDash) {
  EXPECT_EQ(build_id(), build_id());
  EXPECT_NE(build_id().find('-'), std::string::npos);
}

}  // namespace
}  // namespace cus::guest_agent
