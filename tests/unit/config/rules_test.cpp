// SPDX-License-Identifier: Apache-2.0
#include "config/rules.hpp"

#include <gmock/gmock.h>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

using ::testing::HasSubstr;

std::string data_root_of(bool is_root, Values environment) {
  Sources sources = Machine().sources(std::move(environment));
  sources.is_root = is_root;
  return load(sources).config.data_root;
}

TEST(DataRoot, GivenAnOrdinaryUser_WhenNotSet_ThenItIsBelowTheUsersOwnData) {
  EXPECT_EQ(data_root_of(false, {{"XDG_DATA_HOME", "/x"}, {"HOME", "/home/me"}}), "/x/computer-use");
  EXPECT_EQ(data_root_of(false, {{"XDG_DATA_HOME", "relative"}, {"HOME", "/home/me"}}),
            "/home/me/.local/share/computer-use");
  EXPECT_EQ(data_root_of(false, {{"HOME", "/home/me/"}}), "/home/me/.local/share/computer-use");
}

TEST(DataRoot, GivenRoot_WhenNotSet_ThenItIsTheSystemsPlaceWhateverHomeSays) {
  EXPECT_EQ(data_root_of(true, {{"XDG_DATA_HOME", "/x"}, {"HOME", "/root"}}), "/var/lib/computer-use");
}

TEST(DataRoot, GivenItIsSet_WhenLoaded_ThenTheUserDoesNotMatter) {
  EXPECT_EQ(data_root_of(true, {{"BASE_DATA_DIR", "/data"}}), "/data");
  EXPECT_EQ(data_root_of(false, {{"BASE_DATA_DIR", "/data"}}), "/data");
}

TEST(DataRoot, GivenAnOrdinaryUserWithoutAHome_WhenNotSet_ThenItMustBeSet) {
  const Machine machine;
  for (const char* home : {"", "relative", "/a/../b"}) {
    Sources sources = machine.sources({{"HOME", home}});
    sources.is_root = false;
    EXPECT_EQ(keys_of(load(sources).problems), "BASE_DATA_DIR") << home;
  }
}

TEST(DataRoot, GivenAPathAtTheLimit_WhenLoaded_ThenASocketBelowItJustFits) {
  EXPECT_EQ(longest_data_root() + std::string("/run//server.sock").size() + 32, 107U);
  const std::string fits = "/" + std::string(longest_data_root() - 1, 'd');
  EXPECT_EQ(problem_lines(load_with({{"BASE_DATA_DIR", fits}}).problems), "");
  const Loaded longer = load_with({{"BASE_DATA_DIR", fits + "d"}});
  ASSERT_EQ(keys_of(longer.problems), "BASE_DATA_DIR");
  EXPECT_THAT(longer.problems[0].text, HasSubstr("has 59 bytes; the sockets below it allow at most 58"));
}

TEST(DataRoot, GivenADefaultThatIsTooLong_WhenLoaded_ThenThatIsTold) {
  Sources sources = Machine().sources({{"HOME", "/" + std::string(60, 'h')}, {"GUEST_PROGRAM", "/bin/sh"}});
  sources.is_root = false;
  EXPECT_EQ(keys_of(load(sources).problems), "BASE_DATA_DIR");
}

TEST(DataRoot, GivenAMistake_WhenLoaded_ThenItIsToldOnce) {
  EXPECT_EQ(keys_of(load_with({{"BASE_DATA_DIR", "relative"}}).problems), "BASE_DATA_DIR");
}

TEST(GuestProgram, GivenItLiesInTheLibraryDirectory_WhenNotSet_ThenItIsFoundThere) {
  const Machine machine;
  std::filesystem::remove(machine.path() + "/bin/computer-use-guest");
  std::filesystem::create_directories(machine.path() + "/lib/computer-use");
  const std::string library = machine.path() + "/lib/computer-use/computer-use-guest";
  Machine::write_program(library);
  EXPECT_EQ(load(machine.sources()).config.guest_program, library);
}

TEST(GuestProgram, GivenItIsNowhere_WhenNotSet_ThenTheProblemNamesBothPlaces) {
  const Machine machine;
  std::filesystem::remove(machine.path() + "/bin/computer-use-guest");
  const Loaded loaded = load(machine.sources());
  ASSERT_EQ(keys_of(loaded.problems), "GUEST_PROGRAM");
  EXPECT_THAT(loaded.problems[0].text, HasSubstr(machine.path() + "/bin/computer-use-guest"));
  EXPECT_THAT(loaded.problems[0].text, HasSubstr(machine.path() + "/lib/computer-use/computer-use-guest"));
}

TEST(GuestProgram, GivenItIsSet_WhenLoaded_ThenNoOtherPlaceIsLookedAt) {
  EXPECT_EQ(load_with({{"GUEST_PROGRAM", "/bin/sh"}}).config.guest_program, "/bin/sh");
  EXPECT_EQ(keys_of(load_with({{"GUEST_PROGRAM", "/bin/none"}}).problems), "GUEST_PROGRAM");
}

TEST(NetworkRule, GivenItIsSwitchedOff_WhenLoaded_ThenThereIsNone) {
  const Loaded off = load_with({{"ENABLE_NETWORK", "false"}});
  EXPECT_EQ(off.config.network, Network::none);
  EXPECT_FALSE(off.config.network_enabled);
  EXPECT_EQ(problem_lines(off.warnings), "");
}

TEST(NetworkRule, GivenItIsSwitchedOffAndANetworkChosen_WhenLoaded_ThenOffWinsWithAWarning) {
  const Loaded off = load_with({{"ENABLE_NETWORK", "0"}, {"SANDBOX_NETWORK", "bridge"}});
  EXPECT_EQ(off.config.network, Network::none);
  EXPECT_EQ(keys_of(off.warnings), "SANDBOX_NETWORK");
  EXPECT_EQ(keys_of(load_with({{"ENABLE_NETWORK", "0"}, {"SANDBOX_NETWORK", "none"}}).warnings), "");
}

TEST(NetworkRule, GivenNone_WhenLoaded_ThenTheNetworkIsNotEnabled) {
  EXPECT_FALSE(load_with({{"SANDBOX_NETWORK", "none"}}).config.network_enabled);
  EXPECT_TRUE(load_with({{"SANDBOX_NETWORK", "bridge"}}).config.network_enabled);
}

TEST(KeyRule, GivenAnAddress_WhenNoKeyIsSet_ThenOneIsMadeUnlessItIsLoopback) {
  for (const char* address : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "localhost"}) {
    const Config config = load_with({{"LISTEN_ADDRESS", address}}).config;
    EXPECT_TRUE(config.listens_on_loopback) << address;
    EXPECT_FALSE(config.needs_generated_key) << address;
  }
  for (const char* address : {"0.0.0.0", "::", "10.0.0.1", "::ffff:10.0.0.1", "128.0.0.1"}) {
    const Config config = load_with({{"LISTEN_ADDRESS", address}}).config;
    EXPECT_FALSE(config.listens_on_loopback) << address;
    EXPECT_TRUE(config.needs_generated_key) << address;
  }
}

TEST(KeyRule, GivenEitherKindOfKey_WhenListeningElsewhere_ThenNoneIsMade) {
  for (const char* key : {"MCP_API_KEY", "MCP_API_KEYS"}) {
    const Config config = load_with({{"LISTEN_ADDRESS", "0.0.0.0"}, {key, "name:0123456789abcdef"}}).config;
    EXPECT_FALSE(config.needs_generated_key) << key;
  }
}

}  // namespace
}  // namespace cus::config::test
