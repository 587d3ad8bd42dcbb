// SPDX-License-Identifier: Apache-2.0
#include "bash_result.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"
#include "exit_line.hpp"
#include "output_text.hpp"

namespace cus::tools {
namespace {

constexpr std::string_view shared_note =
    "[SINGLE_USER_MODE: this call came without an X-Chat-Id header, so it used the computer named "
    "\"default\", "
    "which all such calls share. Ways out: send X-Chat-Id with the chat's own id; or set "
    "SINGLE_USER_MODE=true on "
    "the server to share one computer on purpose; or SINGLE_USER_MODE=false to refuse calls without it.]";

void add_line(std::string& text, std::string_view line) {
  if (line.empty()) return;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  text += line;
}

Verdict judge(const BashFacts& facts, const RunOutcome& outcome) {
  switch (outcome.state) {
    case RunState::ended:
      return judge_end(*outcome.end, facts.command, outcome.output.head + outcome.output.tail, facts.timeout);
    case RunState::cancelled:
      return {.line = "[Cancelled: the command and all it started was stopped]", .is_error = true};
    case RunState::not_started:
      return {.line = fmt::format("[Could not start: {}]", outcome.problem), .is_error = true};
    case RunState::interrupted:
      break;
  }
  return judge_interrupted();
}

std::string leftovers_line(const RunOutcome& outcome) {
  if (!outcome.end || outcome.end->leftovers.empty()) return {};
  std::vector<std::string> names;
  for (const guest::Leftover& leftover : outcome.end->leftovers) {
    names.push_back(fmt::format("{} (pid {})", leftover.name, leftover.pid));
  }
  return fmt::format("[Still running: {}; stop with kill, or they end with the sandbox]",
                     fmt::join(names, ", "));
}

std::string ignored_line(const std::vector<std::string>& ignored) {
  if (ignored.empty()) return {};
  return fmt::format("[Ignored unknown arguments: {}]", fmt::join(ignored, ", "));
}

Json facts_json(const BashFacts& facts, const RunOutcome& outcome, bool truncated) {
  Json meta = {{"exit_code", nullptr},
               {"job_id", facts.job.str()},
               {"bytes", outcome.output.total},
               {"timed_out", false},
               {"truncated", truncated}};
  if (!outcome.end) return meta;
  const guest::JobEnd& end = *outcome.end;
  if (end.timed_out) {
    meta["exit_code"] = 124;
  } else if (end.signal) {
    meta["exit_code"] = 128 + *end.signal;
  } else if (end.code) {
    meta["exit_code"] = *end.code;
  }
  if (end.signal) meta["signal"] = *end.signal;
  meta["timed_out"] = end.timed_out;
  meta["duration_ms"] = end.duration.count();
  if (!end.spool.empty()) meta["spool"] = end.spool;
  return meta;
}

}  // namespace

ToolResult bash_result(const BashFacts& facts, const RunOutcome& outcome) {
  const Verdict verdict = judge(facts, outcome);
  const OutputText output = render_output(outcome.output, outcome.end ? outcome.end->spool : "");
  std::string text;
  if (!facts.news.empty()) text = fmt::format("[{}]\n", facts.news);
  text += output.text;
  if (output.text.empty() && !verdict.is_error) add_line(text, "[No output]");
  add_line(text, leftovers_line(outcome));
  add_line(text, ignored_line(facts.ignored));
  if (facts.shared_default) add_line(text, shared_note);
  add_line(text, verdict.line);
  return {.text = utf8::sanitize(text),
          .is_error = verdict.is_error,
          .meta = facts_json(facts, outcome, output.truncated)};
}

}  // namespace cus::tools
