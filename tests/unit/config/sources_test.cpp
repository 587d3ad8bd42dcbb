// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

using ::testing::HasSubstr;

TEST(ReadSources, GivenVariablesInTheEnvironment_WhenRead_ThenOnlySettingsAndHomesAreTaken) {
  ::setenv("MCP_PORT", "8123", 1);
  ::setenv("UNRELATED_SECRET", "x", 1);
  const Sources sources = read_sources({{"LOG_LEVEL", "debug"}}, "/dev/null-not-there");
  ::unsetenv("MCP_PORT");
  ::unsetenv("UNRELATED_SECRET");
  EXPECT_EQ(sources.environment.at("MCP_PORT"), "8123");
  EXPECT_FALSE(sources.environment.contains("UNRELATED_SECRET"));
  EXPECT_EQ(sources.flags.at("LOG_LEVEL"), "debug");
  EXPECT_EQ(sources.is_root, ::geteuid() == 0);
}

TEST(ReadSources, GivenThisProgram_WhenRead_ThenItsDirectoryIsKnown) {
  EXPECT_TRUE(std::filesystem::exists(read_sources({}).program_directory + "/test_config"));
}

TEST(ReadSources, GivenAnEnvFile_WhenRead_ThenItsTextIsTaken) {
  const Machine machine;
  Machine::write_file(machine.path() + "/prod.env", "MCP_PORT=5\n");
  const Sources sources = read_sources({}, machine.path() + "/prod.env");
  EXPECT_EQ(sources.env_file, "MCP_PORT=5\n");
  EXPECT_EQ(sources.env_file_error, "");
}

TEST(ReadSources, GivenNoFileOfThatName_WhenRead_ThenOnlyTheDefaultMayBeMissing) {
  const Machine machine;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(machine.path());
  EXPECT_EQ(read_sources({}).env_file_error, "");
  EXPECT_THAT(read_sources({}, "other.env").env_file_error, HasSubstr("cannot be read"));
  std::filesystem::current_path(before);
}

TEST(ReadSources, GivenSomethingThatIsNoFile_WhenRead_ThenItIsRefusedWithoutWaiting) {
  const Machine machine;
  const std::string fifo = machine.path() + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(read_sources({}, fifo).env_file_error, "it is not a regular file");
  EXPECT_EQ(read_sources({}, machine.path()).env_file_error, "it is not a regular file");
}

TEST(ReadSources, GivenAHugeFile_WhenRead_ThenItIsRefused) {
  const Machine machine;
  Machine::write_file(machine.path() + "/huge", std::string((1U << 20U) + 1, '#'));
  EXPECT_EQ(read_sources({}, machine.path() + "/huge").env_file_error, "it is larger than 1 MiB");
}

}  // namespace
}  // namespace cus::config::test
