// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "sources_of.hpp"

namespace cus::config::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

TEST(Load, GivenNothingIsSet_WhenLoaded_ThenTheDefaultsHold) {
  const Machine machine;
  const Loaded loaded = load(machine.sources());
  EXPECT_EQ(problem_lines(loaded.problems), "");
  EXPECT_EQ(problem_lines(loaded.warnings), "");
  const Config& config = loaded.config;
  EXPECT_EQ(config.listen_address, "127.0.0.1");
  EXPECT_EQ(config.port, 8081);
  EXPECT_EQ(config.api_key + config.api_keys + config.allowed_hosts + config.public_base_url, "");
  EXPECT_EQ(config.data_root, "/var/lib/computer-use");
  EXPECT_EQ(config.data_root_host + config.skills_dir + config.runtime, "");
  EXPECT_EQ(config.docker_socket, "/var/run/docker.sock");
  EXPECT_EQ(config.image, "computer-use-sandbox:latest");
  EXPECT_EQ(config.guest_program, machine.path() + "/bin/computer-use-guest");
  EXPECT_EQ(config.memory_bytes, 2ULL << 30U);
  EXPECT_EQ(config.nano_cpus, 1'000'000'000U);
  EXPECT_EQ(config.pids, 512);
  EXPECT_EQ(config.shm_bytes, 256ULL << 20U);
  EXPECT_EQ(config.tmp_bytes, 1ULL << 30U);
  EXPECT_EQ(config.idle_timeout, 600s);
  EXPECT_EQ(config.command_timeout, 120s);
  EXPECT_EQ(config.max_sandboxes, 100U);
  EXPECT_TRUE(config.network_enabled);
  EXPECT_EQ(config.network, Network::proxy);
  EXPECT_EQ(config.single_user_mode, SingleUserMode::lenient);
  EXPECT_FALSE(config.structured_results);
  EXPECT_EQ(config.max_body_mb, 8U);
  EXPECT_EQ(config.max_connections, 10'000U);
  EXPECT_FALSE(config.stop_sandboxes_on_exit);
  EXPECT_EQ(config.shutdown_grace, 30s);
  EXPECT_EQ(config.log_level, log::Level::info);
  EXPECT_TRUE(config.listens_on_loopback);
  EXPECT_FALSE(config.needs_generated_key);
}

TEST(Load, GivenEveryKindOfValue_WhenLoaded_ThenItArrivesInItsField) {
  const Config config = load_with({{"MCP_PORT", "0"},
                                   {"LISTEN_ADDRESS", "localhost"},
                                   {"PUBLIC_BASE_URL", "https://a.example/base//"},
                                   {"BASE_DATA_DIR", "//data//here/"},
                                   {"DOCKER_SOCKET", "/run/engine.sock"},
                                   {"CONTAINER_MEM_LIMIT", "1536M"},
                                   {"CONTAINER_CPU_LIMIT", "0.25"},
                                   {"CONTAINER_PIDS_LIMIT", "64"},
                                   {"CONTAINER_SHM_SIZE", "1048576"},
                                   {"COMMAND_TIMEOUT", "7"},
                                   {"SINGLE_USER_MODE", "False"},
                                   {"SANDBOX_NETWORK", "bridge"},
                                   {"STRUCTURED_RESULTS", "YES"},
                                   {"LOG_LEVEL", "Debug"}})
                            .config;
  EXPECT_EQ(config.port, 0);
  EXPECT_EQ(config.listen_address, "127.0.0.1");
  EXPECT_EQ(config.public_base_url, "https://a.example/base");
  EXPECT_EQ(config.data_root, "/data/here");
  EXPECT_EQ(config.docker_socket, "/run/engine.sock");
  EXPECT_EQ(config.memory_bytes, 1536ULL << 20U);
  EXPECT_EQ(config.nano_cpus, 250'000'000U);
  EXPECT_EQ(config.pids, 64);
  EXPECT_EQ(config.shm_bytes, 1ULL << 20U);
  EXPECT_EQ(config.command_timeout, 7s);
  EXPECT_EQ(config.single_user_mode, SingleUserMode::strict);
  EXPECT_EQ(config.network, Network::bridge);
  EXPECT_TRUE(config.structured_results);
  EXPECT_EQ(config.log_level, log::Level::debug);
}

TEST(Load, GivenAValueInEverySource_WhenLoaded_ThenFlagBeatsEnvironmentBeatsFile) {
  const Machine machine;
  Sources sources = machine.sources({{"MCP_PORT", "2"}, {"COMMAND_TIMEOUT", "20"}});
  sources.flags = {{"MCP_PORT", "1"}};
  sources.env_file = "MCP_PORT=3\nCOMMAND_TIMEOUT=30\nMAX_BODY_MB=3\n";
  const Loaded loaded = load(sources);
  EXPECT_EQ(loaded.config.port, 1);
  EXPECT_EQ(loaded.config.command_timeout, 20s);
  EXPECT_EQ(loaded.config.max_body_mb, 3U);
}

TEST(Load, GivenEmptyOrBlankValues_WhenLoaded_ThenTheNextSourceIsAsked) {
  const Machine machine;
  Sources sources = machine.sources({{"MCP_PORT", ""}, {"MAX_BODY_MB", " \t"}, {"LOG_LEVEL", "  warn "}});
  sources.flags = {{"MCP_PORT", ""}, {"COMMAND_TIMEOUT", ""}};
  sources.env_file = "MCP_PORT=3\nCOMMAND_TIMEOUT=\nMAX_BODY_MB=\"\"\n";
  const Loaded loaded = load(sources);
  EXPECT_EQ(problem_lines(loaded.problems), "");
  EXPECT_EQ(loaded.config.port, 3);
  EXPECT_EQ(loaded.config.command_timeout, 120s);
  EXPECT_EQ(loaded.config.max_body_mb, 8U);
  EXPECT_EQ(loaded.config.log_level, log::Level::warn);
}

TEST(Load, GivenManyMistakes_WhenLoaded_ThenAllAreToldAtOnceInTheOrderOfTheDocumentation) {
  const Machine machine;
  Sources sources =
      machine.sources({{"MCP_PORT", "x"}, {"SINGLE_USER_MODE", "ture"}, {"COMMAND_TIMEOUT", "0"}});
  sources.flags = {{"LISTEN_ADDRESS", "here"}};
  sources.env_file = "oops\nCONTAINER_MEM_LIMIT=lots\n";
  const Loaded loaded = load(sources);
  EXPECT_EQ(keys_of(loaded.problems),
            ".env line 1 LISTEN_ADDRESS MCP_PORT CONTAINER_MEM_LIMIT COMMAND_TIMEOUT SINGLE_USER_MODE");
  const std::string text = problem_lines(loaded.problems);
  EXPECT_THAT(text, HasSubstr("LISTEN_ADDRESS: \"here\" (from flag) is not accepted; write an IP address"));
  EXPECT_THAT(text,
              HasSubstr("CONTAINER_MEM_LIMIT: \"lots\" (from .env) is not accepted; write a whole number "
                        "followed by b, k, m or g, from 64m to 4096g"));
  EXPECT_THAT(
      text, HasSubstr("SINGLE_USER_MODE: \"ture\" (from environment) is not accepted; write true or false"));
}

TEST(Load, GivenAnUnreadableEnvFile_WhenLoaded_ThenThatIsAProblem) {
  Sources sources = Machine().sources({{"GUEST_PROGRAM", "/bin/sh"}});
  sources.env_file_error = "it is a directory";
  EXPECT_EQ(problem_lines(load(sources).problems), ".env: it is a directory\n");
}

TEST(Load, GivenASecretThatIsNotAccepted_WhenLoaded_ThenNoPartOfItIsShown) {
  const Machine machine;
  Sources sources = machine.sources({{"MCP_API_KEY", "hush secret"}, {"MCP_API_KEYS", "a:hush b:secret"}});
  sources.env_file = "MCP_API_KEY=hush\"secret\n";
  const Loaded loaded = load(sources);
  EXPECT_EQ(keys_of(loaded.problems), ".env line 1 MCP_API_KEY MCP_API_KEYS");
  const std::string all =
      problem_lines(loaded.problems) + problem_lines(loaded.warnings) + check_report(loaded).text;
  EXPECT_THAT(all, Not(HasSubstr("hush")));
  EXPECT_THAT(all, Not(HasSubstr("secret")));
}

TEST(Load, GivenALongValueWithControlCharacters_WhenRefused_ThenItIsShownShortAndClean) {
  const Loaded loaded = load_with({{"LOG_LEVEL", "\x1b[2J" + std::string(5000, 'x')}});
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_LT(loaded.problems[0].text.size(), 300U);
  EXPECT_THAT(loaded.problems[0].text, Not(HasSubstr("\x1b")));
}

TEST(Load, GivenAKeyAsAFlag_WhenLoaded_ThenItWorksWithAWarning) {
  const Machine machine;
  Sources sources = machine.sources();
  sources.flags = {{"MCP_API_KEY", "0123456789abcdef"}};
  const Loaded loaded = load(sources);
  EXPECT_EQ(loaded.config.api_key, "0123456789abcdef");
  EXPECT_EQ(keys_of(loaded.warnings), "MCP_API_KEY");
}

TEST(Load, GivenMisspeltAndForeignNamesInTheFile_WhenLoaded_ThenOnlyTheMisspeltAreMentioned) {
  const Machine machine;
  Sources sources = machine.sources();
  sources.env_file = "MCP_PROT=1\nPOSTGRES_PASSWORD=x\nSMTP_PORT=y\nCOMMAND_TIMEOUTS=5\n";
  const Loaded loaded = load(sources);
  EXPECT_EQ(problem_lines(loaded.warnings),
            "COMMAND_TIMEOUTS: in .env is not a setting; did you mean COMMAND_TIMEOUT?\n"
            "MCP_PROT: in .env is not a setting; did you mean MCP_PORT?\n");
}

TEST(Load, GivenALineOfAnotherRoom_WhenAdded_ThenItStandsWithTheOthers) {
  Loaded loaded;
  add_problem(loaded, "MCP_API_KEYS (alice): the key is empty");
  add_problem(loaded, "ALLOWED_HOSTS: write names");
  add_problem(loaded, "no variable");
  EXPECT_EQ(keys_of(loaded.problems), "MCP_API_KEYS ALLOWED_HOSTS ");
  EXPECT_EQ(loaded.problems[0].text, "(alice): the key is empty");
  EXPECT_EQ(loaded.problems[1].text, "write names");
  EXPECT_EQ(loaded.problems[2].text, "no variable");
}

}  // namespace
}  // namespace cus::config::test
