// SPDX-License-Identifier: Apache-2.0
#include "config/parsed_words.hpp"

#include <expected>
#include <limits>
#include <utility>

#include "config/documents.hpp"
#include "config/value_type.hpp"

namespace cus::config {
namespace {

constexpr std::uint64_t longest_timeout = 86'400;

using MaybeKey = std::expected<ChatKey, PrintAndExit>;

MaybeKey chat_key(const Parsed& parsed) {
  auto chat = parse_chat_id(parsed.chat);
  if (!chat) return std::unexpected(mistake(chat.error().message));
  auto tenant = parse_tenant_id(parsed.tenant.empty() ? "default" : parsed.tenant);
  if (!tenant) return std::unexpected(mistake("--tenant: " + tenant.error().message));
  return ChatKey{.tenant = std::move(*tenant), .chat = std::move(*chat)};
}

using MaybeNumber = std::expected<std::optional<std::uint64_t>, PrintAndExit>;

MaybeNumber number(const std::string& flag, const std::string& text, std::uint64_t least,
                   std::uint64_t most) {
  if (text.empty()) return std::nullopt;
  const auto value = parse_whole(text);
  if (value && *value >= least && *value <= most) return value;
  return std::unexpected(mistake(flag + " needs a whole number from " + std::to_string(least) + " to " +
                                 std::to_string(most) + "."));
}

// What the options of exec may not be together; empty when they fit.
std::string contradiction(const Exec& exec) {
  if (exec.job && !exec.argv.empty()) return "exec takes either --job or a command, not both.";
  if (!exec.job && exec.offset != 0) return "--offset needs --job.";
  if (exec.job && exec.timeout) return "--timeout is for a new command; a running job has its own.";
  if (!exec.job && exec.argv.empty()) return "exec needs a command: computer-use-server exec CHAT -- COMMAND";
  return {};
}

Command make_exec(Parsed& parsed) {
  auto key = chat_key(parsed);
  if (!key) return std::move(key.error());
  auto offset = number("--offset", parsed.offset, 0, std::numeric_limits<std::int64_t>::max());
  if (!offset) return std::move(offset.error());
  auto timeout = number("--timeout", parsed.timeout, 1, longest_timeout);
  if (!timeout) return std::move(timeout.error());
  Exec exec{.flags = std::move(parsed.flags),
            .key = std::move(*key),
            .job = {},
            .offset = offset->value_or(0),
            .timeout = {},
            .argv = std::move(parsed.argv)};
  if (*timeout) exec.timeout = std::chrono::seconds(**timeout);
  if (!parsed.job.empty()) {
    auto job = parse_job_id(parsed.job);
    if (!job) return mistake("--job: " + job.error().message);
    exec.job = std::move(*job);
  }
  const std::string wrong = contradiction(exec);
  if (!wrong.empty()) return mistake(wrong);
  return exec;
}

Command make_list(Parsed& parsed) {
  ListSandboxes list{.flags = std::move(parsed.flags), .tenant = {}, .json = parsed.json};
  if (parsed.tenant.empty()) return list;
  auto tenant = parse_tenant_id(parsed.tenant);
  if (!tenant) return mistake("--tenant: " + tenant.error().message);
  list.tenant = std::move(*tenant);
  return list;
}

Command make_remove(Parsed& parsed) {
  auto key = chat_key(parsed);
  if (!key) return std::move(key.error());
  return RemoveSandbox{
      .flags = std::move(parsed.flags), .key = std::move(*key), .files = parsed.files, .json = parsed.json};
}

}  // namespace

PrintAndExit mistake(const std::string& text) {
  return {.text = "computer-use-server: " + text + "\nTry: computer-use-server --help\n",
          .exit_code = usage_error};
}

namespace {

Command make_image_command(const std::string& name, Parsed& parsed) {
  if (name == "build") return BuildImage{.flags = std::move(parsed.flags), .target = std::move(parsed.image)};
  if (name == "list") return ListImages{.flags = std::move(parsed.flags), .json = parsed.json};
  return RemoveImage{.flags = std::move(parsed.flags), .name = std::move(parsed.image)};
}

}  // namespace

Command make_command(const std::string& name, Parsed& parsed) {
  if (parsed.has_separator && name != "exec") return mistake("only exec takes a command behind --.");
  if (parsed.dump_routes) return DumpRoutes{};
  if (name == "serve") {
    return Serve{.flags = std::move(parsed.flags),
                 .fixtures = parsed.fixtures,
                 .test_websocket = parsed.test_websocket};
  }
  if (name == "check-config") {
    return CheckConfig{.flags = std::move(parsed.flags), .env_file = std::move(parsed.env_file)};
  }
  if (name == "doctor") return Doctor{.flags = std::move(parsed.flags), .json = parsed.json};
  if (name == "exec") return make_exec(parsed);
  if (parsed.about_images) return make_image_command(name, parsed);
  if (name == "list") return make_list(parsed);
  if (name == "rm") return make_remove(parsed);
  if (name == "healthcheck") return Healthcheck{std::move(parsed.flags)};
  return PrintAndExit{.text = parsed.documents == "env" ? env_example() : settings_markdown(),
                      .exit_code = 0};
}

}  // namespace cus::config
