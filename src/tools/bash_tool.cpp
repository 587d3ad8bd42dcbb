// SPDX-License-Identifier: Apache-2.0
#include "bash_tool.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "bash_arguments.hpp"
#include "bash_result.hpp"
#include "cus/base/log.hpp"
#include "progress_text.hpp"

namespace cus::tools {
namespace {

constexpr std::chrono::seconds acquire_limit{60};

constexpr std::string_view description =
    "Run a bash command on this chat's own Linux computer; returns standard output and error in the order "
    "written, "
    "and a last line on the exit. Starts in /home/assistant, which is kept. Files stay between calls, but "
    "cd, "
    "exported variables and functions do not: begin with `cd DIR &&` where needed. No terminal, no input, no "
    "root. "
    "Output over 30,000 characters is truncated in its middle; the result names the file with all of it. A "
    "command "
    "is stopped after timeout_seconds (default {}, at most 3600). If you lost track of the chat's files or "
    "setup, "
    "read README.md in /home/assistant when it is there.";

ToolResult refusal(std::string text) {
  return {.text = std::move(text), .is_error = true, .meta = nullptr};
}

guest::JobSpec make_spec(const BashArguments& arguments, const Caller& caller) {
  guest::JobSpec spec{.id = new_job_id(),
                      .argv = {"/bin/bash"},
                      .script = arguments.command,
                      .env = sandbox::base_environment(),
                      .timeout = arguments.timeout,
                      .want_head = OutputAssembly::head_limit,
                      .want_tail = OutputAssembly::tail_limit};
  const auto set = [&spec](std::initializer_list<const char*> names, const std::string& value) {
    if (value.empty()) return;
    for (const char* name : names) spec.env[name] = value;
  };
  set({"GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"}, caller.user_name);
  set({"GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"}, caller.user_email);
  return spec;
}

std::string acquire_problem(const Error& error) {
  if (error.code != Code::timed_out) return "Error: " + error.message;
  return fmt::format(
      "Error: The computer was not ready within {} seconds. It is still being prepared: call again in a "
      "moment.",
      acquire_limit.count());
}

Task<ToolResult> run_bash(RunTiming timing, Json raw, CallContext& context) {
  Result<BashArguments> arguments = parse_bash_arguments(raw, context.settings.command_timeout);
  if (!arguments) co_return refusal("Error: " + arguments.error().message);
  const Result<ChatChoice> chat = choose_chat(context.caller, context.settings.mode);
  if (!chat) co_return refusal(chat.error().message);
  Result<sandbox::Computer> computer = co_await context.computers.acquire(chat->key, after(acquire_limit));
  if (!computer) {
    log::failure(log::Level::error, "bash.no_computer", computer.error());
    co_return refusal(acquire_problem(computer.error()));
  }
  if (context.cancelled.is_set()) co_return refusal("[Cancelled before the command was started]");

  guest::JobSpec spec = make_spec(*arguments, context.caller);
  BashFacts facts{.command = arguments->command,
                  .timeout = arguments->timeout,
                  .job = spec.id,
                  .news = computer->news,
                  .ignored = std::move(arguments->ignored),
                  .shared_default = chat->shared_default};
  const std::string name = label(arguments->description, arguments->command);
  const auto report = [&](std::chrono::milliseconds elapsed, std::string_view recent) -> Task<> {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(elapsed);
    return context.progress(static_cast<double>(elapsed.count()) / 1000.0,
                            static_cast<double>(facts.timeout.count()),
                            progress_text(name, seconds, last_line(recent)));
  };
  const RunWatch watch{.cancelled = context.cancelled, .progress = report};
  const RunOutcome outcome = co_await run_job(context.computers, *computer, std::move(spec), watch, timing);
  co_return bash_result(facts, outcome);
}

}  // namespace

Tool bash_tool(const Settings& settings, RunTiming timing) {
  return {.name = "bash_tool",
          .title = "Run a shell command",
          .description = fmt::format(fmt::runtime(description), settings.command_timeout.count()),
          .input_schema = bash_schema(settings.command_timeout),
          .annotations = {{"readOnlyHint", false},
                          {"destructiveHint", true},
                          {"idempotentHint", false},
                          {"openWorldHint", true}},
          .run = [timing](Json arguments, CallContext& context) {
            return run_bash(timing, std::move(arguments), context);
          }};
}

}  // namespace cus::tools
