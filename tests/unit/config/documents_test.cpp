// SPDX-License-Identifier: Apache-2.0
// The table is the only place a setting is declared: what people read is compared with it, and nothing else
// may ask the environment.
#include "config/documents.hpp"

#include <gmock/gmock.h>

#include "config/env_file.hpp"
#include "config/setting.hpp"
#include "sources_of.hpp"
#include "support/source_dir.hpp"

namespace cus::config::test {
namespace {

using ::testing::HasSubstr;

const std::string root = ::cus::test::source_dir();

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Documents, GivenTheConfigurationPage_WhenCompared_ThenItsTablesAreThoseOfTheProgram) {
  const std::string page = read_file(root + "/docs/configuration.md");
  const std::string begin = "<!-- settings: begin -->\n";
  const std::size_t from = page.find(begin);
  const std::size_t to = page.find("<!-- settings: end -->");
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  EXPECT_EQ(page.substr(from + begin.size(), to - from - begin.size()), settings_markdown() + "\n")
      << "put in what `computer-use-server config-docs markdown` prints";
}

TEST(Documents, GivenTheExampleFile_WhenCompared_ThenItIsWhatTheProgramPrints) {
  EXPECT_EQ(read_file(root + "/.env.example"), env_example())
      << "write it anew: computer-use-server config-docs env > .env.example";
}

TEST(Documents, GivenTheExampleFile_WhenEverythingInItIsSwitchedOn_ThenItLoadsAsTheDefaults) {
  const Machine machine;
  Sources sources = machine.sources();
  sources.env_file = env_example();
  EXPECT_TRUE(parse_env_file(sources.env_file).values.empty());
  for (std::size_t at = sources.env_file.find("\n#"); at != std::string::npos;
       at = sources.env_file.find("\n#", at + 1)) {
    if (sources.env_file.at(at + 2) != ' ') sources.env_file.erase(at + 1, 1);
  }
  EXPECT_EQ(parse_env_file(sources.env_file).values.size(), settings().size());
  const Loaded loaded = load(sources);
  EXPECT_EQ(problem_lines(loaded.problems) + problem_lines(loaded.warnings), "");
  EXPECT_EQ(loaded.config.port, 8081);
  EXPECT_EQ(loaded.config.data_root, "/var/lib/computer-use");
}

TEST(Documents, GivenEachSetting_WhenHelpIsPrinted_ThenItsFlagNameAndSentenceAreThere) {
  const std::string help = settings_help();
  for (const Setting& setting : settings()) {
    EXPECT_THAT(help, HasSubstr("\n  " + flag_name(setting.key) + " " + setting.key + "\n      " +
                                setting.sentence.substr(0, 20)));
  }
}

TEST(Documents, GivenTheTextsForATerminal_WhenPrinted_ThenNoLineIsTooLong) {
  for (const std::string& text : {settings_help(), env_example()}) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

// The names of the functions are put together here, so that this file does not name them itself.
bool asks_environment(const std::string& text) {
  return text.contains(std::string("get") + "env(");
}

TEST(Environment, GivenTheSources_WhenSearched_ThenOnlyOneFileAsksTheEnvironment) {
  std::vector<std::string> asking;
  for (const char* folder : {"/src", "/include"}) {
    const auto options = std::filesystem::directory_options::follow_directory_symlink;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root + folder, options)) {
      if (entry.is_regular_file() && asks_environment(read_file(entry.path()))) {
        asking.push_back(entry.path().lexically_relative(root).string());
      }
    }
  }
  EXPECT_THAT(asking, ::testing::ElementsAre("src/config/sources.cpp"));
}

}  // namespace
}  // namespace cus::config::test
