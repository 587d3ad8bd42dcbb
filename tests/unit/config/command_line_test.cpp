// SPDX-License-Identifier: Apache-2.0
#include "cus/config/command_line.hpp"

#include <gmock/gmock.h>

#include "config/setting.hpp"

namespace cus::config::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

using Words = std::vector<std::string>;

const std::string job_id(32, 'a');

// The command of the expected kind; the text of what came instead otherwise.
template <class T>
T parse(const Words& words) {
  Command command = parse_command_line(words);
  if (auto* wanted = std::get_if<T>(&command)) return std::move(*wanted);
  if (auto* print = std::get_if<PrintAndExit>(&command)) throw std::runtime_error(print->text);
  throw std::runtime_error("another command: " + std::to_string(command.index()));
}

PrintAndExit printed(const Words& words) {
  return parse<PrintAndExit>(words);
}

TEST(CommandLine, GivenServeWithFlags_WhenParsed_ThenTheyAreKeptByVariableName) {
  EXPECT_TRUE(parse<Serve>({"serve"}).flags.empty());
  EXPECT_EQ(
      parse<Serve>({"serve", "--mcp-port", "8082", "--log-level=debug", "--enable-network", "false"}).flags,
      (Values{{"MCP_PORT", "8082"}, {"LOG_LEVEL", "debug"}, {"ENABLE_NETWORK", "false"}}));
}

TEST(CommandLine, GivenEverySettingAsAFlag_WhenParsed_ThenEveryCommandThatReadsSettingsTakesIt) {
  const std::vector<Words> commands = {{"serve"},
                                       {"check-config"},
                                       {"doctor"},
                                       {"exec", "c"},
                                       {"healthcheck"},
                                       {"sandboxes", "list"},
                                       {"sandboxes", "rm", "c"}};
  for (const Words& command : commands) {
    for (const Setting& setting : settings()) {
      Words words = command;
      words.insert(words.end(), {flag_name(setting.key), "v"});
      if (command[0] == "exec") words.insert(words.end(), {"--", "true"});
      const Command parsed = parse_command_line(words);
      const auto* print = std::get_if<PrintAndExit>(&parsed);
      EXPECT_EQ(print, nullptr) << command[0] << " " << setting.key << ": " << print->text;
    }
  }
}

TEST(CommandLine, GivenAnEmptyValue_WhenParsed_ThenItDoesNotSwallowTheNextWord) {
  EXPECT_EQ(parse<Serve>({"serve", "--mcp-api-key=", "--mcp-port", "1"}).flags, (Values{{"MCP_PORT", "1"}}));
  EXPECT_EQ(parse<Serve>({"serve", "--mcp-api-key", "", "--mcp-port", "1"}).flags,
            (Values{{"MCP_API_KEY", ""}, {"MCP_PORT", "1"}}));
}

TEST(CommandLine, GivenAFlagTwice_WhenParsed_ThenTheLastCounts) {
  EXPECT_EQ(parse<Serve>({"serve", "--mcp-port", "1", "--mcp-port", "2"}).flags.at("MCP_PORT"), "2");
}

TEST(CommandLine, GivenCheckConfig_WhenParsed_ThenItsFileIsDotEnvUnlessNamed) {
  EXPECT_EQ(parse<CheckConfig>({"check-config"}).env_file, ".env");
  EXPECT_EQ(parse<CheckConfig>({"check-config", "prod.env", "--mcp-port", "1"}).env_file, "prod.env");
}

TEST(CommandLine, GivenExec_WhenParsed_ThenWhatIsBehindTheDashesIsTheCommandWordForWord) {
  const Exec exec = parse<Exec>({"exec", " My-Chat ", "--", "ls", "-la", "--help", "--", "", "--mcp-port="});
  EXPECT_EQ(exec.key, (ChatKey{TenantId("default"), ChatId("my-chat")}));
  EXPECT_THAT(exec.argv, ElementsAre("ls", "-la", "--help", "--", "", "--mcp-port="));
  EXPECT_EQ(exec.job, std::nullopt);
  EXPECT_EQ(exec.timeout, std::nullopt);
}

TEST(CommandLine, GivenExecWithOptions_WhenParsed_ThenTheyArrive) {
  const Exec run =
      parse<Exec>({"exec", "c", "--tenant", "alice", "--timeout", "600", "--base-data-dir", "/d", "--", "x"});
  EXPECT_EQ(run.key.tenant, TenantId("alice"));
  EXPECT_EQ(run.timeout, 600s);
  EXPECT_EQ(run.flags, (Values{{"BASE_DATA_DIR", "/d"}}));
  const Exec follow = parse<Exec>({"exec", "c", "--job", job_id, "--offset", "4096"});
  EXPECT_EQ(follow.job, JobId(job_id));
  EXPECT_EQ(follow.offset, 4096U);
  EXPECT_TRUE(follow.argv.empty());
}

TEST(CommandLine, GivenSandboxes_WhenParsed_ThenListAndRemoveAreToldApart) {
  EXPECT_EQ(parse<ListSandboxes>({"sandboxes", "list"}).tenant, std::nullopt);
  const auto list = parse<ListSandboxes>({"sandboxes", "list", "--json", "--tenant", "bob"});
  EXPECT_TRUE(list.json);
  EXPECT_EQ(list.tenant, TenantId("bob"));
  const auto remove = parse<RemoveSandbox>({"sandboxes", "rm", "C"});
  EXPECT_EQ(remove.key, (ChatKey{TenantId("default"), ChatId("c")}));
  EXPECT_FALSE(remove.files);
  EXPECT_TRUE(parse<RemoveSandbox>({"sandboxes", "rm", "c", "--files"}).files);
}

TEST(CommandLine, GivenImageCommands_WhenParsed_ThenEachHasWhatItWasGiven) {
  EXPECT_EQ(parse<BuildImage>({"image", "build"}).target, "core");
  EXPECT_EQ(parse<BuildImage>({"image", "build", "base"}).target, "base");
  EXPECT_TRUE(parse<ListImages>({"image", "list", "--json"}).json);
  EXPECT_EQ(parse<ListImages>({"image", "list", "--images-dir", "/srv"}).flags.at("IMAGES_DIR"), "/srv");
  EXPECT_EQ(parse<RemoveImage>({"image", "rm", "core-0123456789abcdef"}).name, "core-0123456789abcdef");
  EXPECT_EQ(printed({"image"}).exit_code, 2);
  EXPECT_THAT(printed({"image", "rm"}).text, HasSubstr("name is required"));
}

TEST(CommandLine, GivenTheOtherCommands_WhenParsed_ThenEachIsItself) {
  EXPECT_FALSE(parse<Doctor>({"doctor"}).json);
  EXPECT_TRUE(parse<Doctor>({"doctor", "--json"}).json);
  EXPECT_EQ(parse<Healthcheck>({"healthcheck", "--mcp-port", "9"}).flags.at("MCP_PORT"), "9");
  parse<DumpRoutes>({"--dump-routes"});
}

TEST(CommandLine, GivenVersionOrHelp_WhenParsed_ThenTheyArePrintedWithSuccess) {
  EXPECT_EQ(printed({"--version"}).exit_code, 0);
  EXPECT_THAT(printed({"--version"}).text, ::testing::MatchesRegex("computer-use-server [0-9.]+\n"));
  const PrintAndExit help = printed({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* word : {"serve", "check-config", "doctor", "exec", "sandboxes", "healthcheck",
                           "--dump-routes", "--version", "Examples:"}) {
    EXPECT_THAT(help.text, HasSubstr(word));
  }
  EXPECT_THAT(help.text, Not(HasSubstr("config-docs")));
}

TEST(CommandLine, GivenHelpOfACommand_WhenPrinted_ThenItHasExamplesOrTheSettingsOnce) {
  EXPECT_THAT(printed({"exec", "--help"}).text, AllOf(HasSubstr("-- ls -la"), HasSubstr("--offset")));
  EXPECT_THAT(printed({"exec", "--help"}).text, Not(HasSubstr("--mcp-port")));
  const std::string serve = printed({"serve", "--help"}).text;
  EXPECT_THAT(serve, HasSubstr("a whole number from 0 to 65535 (default: 8081)"));
  EXPECT_EQ(serve.find("--mcp-port"), serve.rfind("--mcp-port"));
}

TEST(CommandLine, GivenNothing_WhenParsed_ThenTheHelpIsAnError) {
  EXPECT_EQ(printed({}).exit_code, 2);
  EXPECT_THAT(printed({}).text, HasSubstr("Subcommands:"));
}

TEST(CommandLine, GivenTheDocuments_WhenAskedFor_ThenTheyArePrinted) {
  EXPECT_THAT(printed({"config-docs", "markdown"}).text, HasSubstr("| `MCP_PORT` | `8081` |"));
  EXPECT_THAT(printed({"config-docs", "env"}).text, HasSubstr("\n#MCP_PORT=8081\n"));
}

struct Mistake {
  Words words;
  std::string hint;
};

TEST(CommandLine, GivenAMistake_WhenParsed_ThenTheCodeIsTwoAndTheTextSaysWhatToDo) {
  const std::vector<Mistake> cases = {
      {{"sevre"}, "unknown word \"sevre\". Did you mean \"serve\"?"},
      {{"frobnicate"}, "unknown word \"frobnicate\"."},
      {{"--versoin"}, "Did you mean \"--version\"?"},
      {{"serve", "--mcp-prot", "8082"}, "unknown option \"--mcp-prot\". Did you mean \"--mcp-port\"?"},
      {{"serve", "--mcp-prot=8082"}, "unknown option \"--mcp-prot\". Did you mean \"--mcp-port\"?"},
      {{"--mcp-port", "1", "serve"}, "put \"--mcp-port\" behind the word \"serve\""},
      {{"serve", "now"}, "unknown word \"now\""},
      {{"serve", "--mcp-port"}, "--mcp-port"},
      {{"serve", "--", "ls"}, "only exec takes a command"},
      {{"sandboxes"}, "subcommand is required"},
      {{"sandboxes", "lst"}, "Did you mean \"list\"?"},
      {{"sandboxes", "rm"}, "chat is required"},
      {{"sandboxes", "rm", "a/b"}, "Invalid chat id"},
      {{"sandboxes", "list", "--tenant", "a b"}, "--tenant: Invalid key name"},
      {{"exec"}, "chat is required"},
      {{"exec", "c"}, "exec CHAT -- COMMAND"},
      {{"exec", "c", "ls"}, "put -- before the command"},
      {{"exec", "c", "ls", "-la"}, "put -- before the command"},
      {{"exec", "..", "--", "ls"}, "Invalid chat id"},
      {{"exec", "c", "--tenant", "", "--job", "x"}, "--job: Invalid job id"},
      {{"exec", "c", "--job", job_id, "--", "ls"}, "either --job or a command"},
      {{"exec", "c", "--offset", "5", "--", "ls"}, "--offset needs --job"},
      {{"exec", "c", "--offset", "-5", "--job", job_id}, "--offset needs a whole number"},
      {{"exec", "c", "--offset", "99999999999999999999", "--job", job_id}, "--offset needs a whole number"},
      {{"exec", "c", "--timeout", "5", "--job", job_id}, "--timeout is for a new command"},
      {{"exec", "c", "--timeout", "0", "--", "ls"}, "--timeout needs a whole number from 1 to 86400"},
      {{"exec", "c", "--timeout", "86401", "--", "ls"}, "--timeout needs a whole number"},
      {{"config-docs", "html"}, "format"},
  };
  for (const Mistake& mistake : cases) {
    const PrintAndExit print = printed(mistake.words);
    EXPECT_EQ(print.exit_code, 2) << ::testing::PrintToString(mistake.words);
    EXPECT_THAT(print.text, AllOf(HasSubstr(mistake.hint), HasSubstr("--help")))
        << ::testing::PrintToString(mistake.words);
  }
}

}  // namespace
}  // namespace cus::config::test
