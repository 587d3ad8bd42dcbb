// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "config/setting.hpp"

namespace cus::config {
namespace {

bool is_set(const Loaded& loaded, std::string_view key) {
  const auto found = std::ranges::find(loaded.choices, key, &Choice::key);
  return found != loaded.choices.end() && found->origin != "default";
}

// What works, but is seldom what one wants for more than a trial.
std::vector<Finding> advice(const Loaded& loaded) {
  std::vector<Finding> all = loaded.warnings;
  const Config& config = loaded.config;
  if (!is_set(loaded, "MCP_API_KEY") && !is_set(loaded, "MCP_API_KEYS")) {
    all.push_back({.key = "MCP_API_KEY",
                   .text = config.needs_generated_key
                               ? "is not set: a random key will be made and printed once at the first start"
                               : "is not set: every program on this machine may use the server; write a "
                                 "random key of 16 characters or more"});
  }
  if (config.public_base_url.empty() && !is_set(loaded, "PUBLIC_BASE_URL")) {
    all.push_back(
        {.key = "PUBLIC_BASE_URL",
         .text = fmt::format("is not set: links will point to http://localhost:{}, which works only "
                             "in a browser on this machine",
                             config.port)});
  }
  return all;
}

struct Lines {
  std::string text;
  std::size_t errors = 0;
  std::size_t warnings = 0;

  void add(std::string_view label, const std::vector<Finding>& findings, std::string_view key,
           std::size_t& count) {
    for (const Finding& finding : findings) {
      if (finding.key != key) continue;
      text += fmt::format("{} {}: {}\n", label, finding.key, finding.text);
      ++count;
    }
  }
  void add_both(const std::vector<Finding>& problems, const std::vector<Finding>& odd, std::string_view key) {
    add("[ERR] ", problems, key, errors);
    add("[WARN]", odd, key, warnings);
  }
};

// Findings about no setting: lines of .env, names that nobody knows.
std::vector<std::string> other_keys(const std::vector<Finding>& problems, const std::vector<Finding>& odd) {
  std::vector<std::string> keys;
  for (const auto* findings : {&problems, &odd}) {
    for (const Finding& finding : *findings) {
      if (find_setting(finding.key) == nullptr && std::ranges::find(keys, finding.key) == keys.end()) {
        keys.push_back(finding.key);
      }
    }
  }
  return keys;
}

void add_setting(Lines& lines, const Choice& choice, const std::vector<Finding>& problems,
                 const std::vector<Finding>& odd) {
  const std::size_t before = lines.errors + lines.warnings;
  lines.add_both(problems, odd, choice.key);
  if (lines.errors + lines.warnings != before) return;
  lines.text += fmt::format("[OK]   {} = {} ({})\n", choice.key, choice.shown, choice.origin);
}

}  // namespace

Report check_report(const Loaded& loaded) {
  const std::vector<Finding> odd = advice(loaded);
  Lines lines;
  const auto others = other_keys(loaded.problems, odd);
  if (!others.empty()) lines.text += "Sources\n";
  for (const std::string& key : others) lines.add_both(loaded.problems, odd, key);
  for (const std::string_view group : groups()) {
    lines.text += fmt::format("{}{}\n", lines.text.empty() ? "" : "\n", group);
    for (const Choice& choice : loaded.choices) {
      const Setting* setting = find_setting(choice.key);
      if (setting != nullptr && setting->group == group) add_setting(lines, choice, loaded.problems, odd);
    }
  }
  lines.text += fmt::format("\nSummary\n{} errors: {}, warnings: {}\n",
                            lines.errors == 0 ? "[OK]  " : "[ERR] ", lines.errors, lines.warnings);
  return {.text = std::move(lines.text), .exit_code = lines.errors == 0 ? 0 : 1};
}

}  // namespace cus::config
