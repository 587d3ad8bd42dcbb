// SPDX-License-Identifier: Apache-2.0
#include "cus/config/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <sstream>

#include "config/documents.hpp"
#include "config/nearest.hpp"
#include "config/parsed_words.hpp"
#include "config/setting.hpp"

namespace cus::config {
namespace {

constexpr const char* main_footer = R"(Examples:
  computer-use-server serve                             on http://127.0.0.1:8081/mcp
  computer-use-server serve --mcp-port 8082 --log-level debug
  computer-use-server exec my-chat -- python3 --version
  computer-use-server sandboxes list

Every command has its own --help. Settings are explained by `serve --help`.)";

constexpr const char* exec_footer = R"(Examples:
  computer-use-server exec my-chat -- ls -la
  computer-use-server exec my-chat --timeout 600 -- bash -c 'make && make test'
  computer-use-server exec my-chat --job 0123456789abcdef0123456789abcdef --offset 4096

Takes the settings of `serve --help` too.)";

constexpr const char* list_footer = R"(Examples:
  computer-use-server sandboxes list --json
  computer-use-server sandboxes rm my-chat --tenant alice

Both take the settings of `serve --help` too.)";

constexpr const char* image_footer = R"(Examples:
  computer-use-server image build
  computer-use-server image list --images-dir /srv/images
  computer-use-server image rm core-0123456789abcdef

All take the settings of `serve --help` too. Docker's images are Docker's own: see docker image --help.)";

constexpr std::string_view settings_group = "Settings";

// The settings are explained by the table's own text; the parser's list of them would only repeat it.
class HelpFormatter : public CLI::Formatter {
 public:
  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    if (group == settings_group) return {};
    return CLI::Formatter::make_group(std::move(group), is_positional, std::move(options));
  }
};

void add_settings(CLI::App& command, Parsed& parsed) {
  for (const Setting& setting : settings()) {
    command
        .add_option_function<std::string>(
            flag_name(setting.key),
            [&flags = parsed.flags, key = setting.key](const std::string& text) { flags[key] = text; })
        ->take_last()
        ->group(std::string(settings_group));
  }
}

void add_tenant(CLI::App& command, Parsed& parsed, const char* sentence) {
  command.add_option("--tenant", parsed.tenant, sentence)->type_name("NAME");
}

void add_exec(CLI::App& app, Parsed& parsed) {
  auto* exec = app.add_subcommand("exec", "Run a command in a chat's sandbox, or follow a running job");
  exec->footer(exec_footer);
  exec->add_option("chat", parsed.chat, "The chat id")->required()->type_name("CHAT");
  exec->add_option("--job", parsed.job, "Follow this job instead of starting one")->type_name("ID");
  exec->add_option("--offset", parsed.offset, "With --job: the first byte of its output to show")
      ->type_name("N");
  exec->add_option("--timeout", parsed.timeout, "End the command after so many seconds (COMMAND_TIMEOUT)")
      ->type_name("S");
  add_tenant(*exec, parsed, "The key's name the chat belongs to (default)");
  add_settings(*exec, parsed);
}

void add_sandboxes(CLI::App& app, Parsed& parsed) {
  auto* sandboxes = app.add_subcommand("sandboxes", "List or remove sandboxes");
  sandboxes->footer(list_footer);
  sandboxes->require_subcommand(1);
  auto* list = sandboxes->add_subcommand("list", "Every chat with its sandbox's state");
  add_tenant(*list, parsed, "Only the chats of this key's name");
  auto* remove = sandboxes->add_subcommand("rm", "Remove a chat's sandbox; its files are kept");
  remove->add_option("chat", parsed.chat, "The chat id")->required()->type_name("CHAT");
  remove->add_flag("--files", parsed.files, "Remove the chat's home, uploads and outputs too, for good");
  add_tenant(*remove, parsed, "The key's name the chat belongs to (default)");
  for (auto* command : {list, remove}) {
    command->add_flag("--json", parsed.json, "Print JSON");
    add_settings(*command, parsed);
  }
}

void add_images(CLI::App& app, Parsed& parsed) {
  auto* images = app.add_subcommand("image", "Build, list or remove images for sandboxes without Docker");
  images->footer(image_footer);
  images->require_subcommand(1);
  images->callback([&parsed] { parsed.about_images = true; });
  parsed.image = "core";
  auto* build =
      images->add_subcommand("build", "Make an image unless it is there, and remove older ones not in use");
  build->add_option("target", parsed.image, "What is in it: base or core")
      ->type_name("TARGET")
      ->capture_default_str();
  auto* list = images->add_subcommand("list", "Every image with its size and whether it is in use");
  list->add_flag("--json", parsed.json, "Print JSON");
  auto* remove = images->add_subcommand("rm", "Remove an image that no sandbox uses");
  remove->add_option("name", parsed.image, "Its name with its hash")->required()->type_name("NAME");
  for (auto* command : {build, list, remove}) add_settings(*command, parsed);
}

void add_commands(CLI::App& app, Parsed& parsed) {
  app.set_version_flag("--version", "computer-use-server " CUS_VERSION);
  app.add_flag("--dump-routes", parsed.dump_routes, "Print the table of HTTP routes and leave");
  app.footer(main_footer);
  auto* serve = app.add_subcommand("serve", "Run the server in the foreground");
  serve->footer(settings_help());
  // For tests only, and in no help.
  serve->add_flag("--mcp-conformance-fixtures", parsed.fixtures)->group("");
  serve->add_flag("--test-websocket", parsed.test_websocket)->group("");
  add_settings(*serve, parsed);
  auto* check = app.add_subcommand("check-config", "Check the settings and say what to change");
  check->add_option("file", parsed.env_file, "Read this file instead of .env")->type_name("FILE");
  add_settings(*check, parsed);
  auto* doctor = app.add_subcommand("doctor", "Check that this machine can run sandboxes");
  doctor->add_flag("--json", parsed.json, "Print JSON");
  add_settings(*doctor, parsed);
  add_exec(app, parsed);
  add_sandboxes(app, parsed);
  add_images(app, parsed);
  add_settings(*app.add_subcommand("healthcheck", "Ask the running server whether it is well"), parsed);
  auto* documents = app.add_subcommand("config-docs", "Print the documentation of the settings");
  documents->group("");
  documents->add_option("format", parsed.documents)->required()->check(CLI::IsMember({"markdown", "env"}));
}

// `word` is unknown to `command`: names what was probably meant.
PrintAndExit unknown_word(const CLI::App& command, std::string word) {
  word = word.substr(0, word.find('='));
  std::vector<std::string> known;
  for (const CLI::Option* option : command.get_options()) known.push_back(option->get_name());
  for (const CLI::App* sub : command.get_subcommands([](const CLI::App*) { return true; })) {
    known.push_back(sub->get_name());
  }
  const std::string meant = nearest(word, known, 2);
  if (meant == word) return mistake("put \"" + word + "\" behind the word \"" + command.get_name() + "\".");
  const std::string hint = meant.empty() ? "" : " Did you mean \"" + meant + "\"?";
  if (command.get_name() == "exec" && !word.starts_with('-')) {
    return mistake("unexpected \"" + word + "\": put -- before the command to run." + hint);
  }
  return mistake("unknown " + std::string(word.starts_with('-') ? "option" : "word") + " \"" + word + "\"." +
                 hint);
}

const CLI::App& innermost(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : innermost(*chosen.front());
}

// The words behind -- are the sandbox's, whatever they look like. An empty value is the same as no flag, but
// the parser would take the next word for it.
void split_arguments(std::vector<std::string>& arguments, Parsed& parsed) {
  const auto separator = std::ranges::find(arguments, "--");
  parsed.has_separator = separator != arguments.end();
  if (parsed.has_separator) parsed.argv.assign(separator + 1, arguments.end());
  arguments.erase(separator, arguments.end());
  std::erase_if(arguments, [](const std::string& word) {
    return std::ranges::any_of(settings(), [&](const Setting& s) { return word == flag_name(s.key) + "="; });
  });
}

}  // namespace

Command parse_command_line(std::vector<std::string> arguments) {
  Parsed parsed;
  split_arguments(arguments, parsed);
  CLI::App app("Gives every chat a computer of its own, over MCP.", "computer-use-server");
  app.formatter(std::make_shared<HelpFormatter>());
  add_commands(app, parsed);
  // Unknown words are collected, to answer them with a hint. Subcommands inherit nothing that was set later.
  app.allow_extras();
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    command->allow_extras();
    for (CLI::App* inner : command->get_subcommands([](CLI::App*) { return true; })) inner->allow_extras();
  }
  try {
    std::ranges::reverse(arguments);
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    if (app.exit(error, out, err) == 0) return PrintAndExit{.text = out.str(), .exit_code = 0};
    const auto extras = app.remaining(true);
    if (!extras.empty()) return unknown_word(innermost(app), extras.front());
    return mistake(error.what());
  }
  const auto extras = app.remaining(true);
  if (!extras.empty()) return unknown_word(innermost(app), extras.front());
  const std::string& chosen = innermost(app).get_name();
  if (&innermost(app) == &app && !parsed.dump_routes)
    return PrintAndExit{.text = app.help(), .exit_code = usage_error};
  return make_command(chosen, parsed);
}

}  // namespace cus::config
