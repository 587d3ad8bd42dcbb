// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "config/env_file.hpp"
#include "config/nearest.hpp"
#include "config/rules.hpp"
#include "config/setting.hpp"

namespace cus::config {
namespace {

struct Given {
  std::string value;
  std::string origin;
};

struct Source {
  std::string_view name;
  const Values& values;
};

// The first source with a value wins; an empty or blank value counts as none.
Given choose(const std::string& key, std::initializer_list<Source> sources) {
  for (const Source& source : sources) {
    const auto found = source.values.find(key);
    if (found == source.values.end() || trim(found->second).empty()) continue;
    return {.value = std::string(trim(found->second)), .origin = std::string(source.name)};
  }
  return {.value = {}, .origin = "default"};
}

// As a person may see it: short, and without what could move a terminal's cursor.
std::string in_quotes(std::string_view value) {
  constexpr std::size_t longest = 100;
  std::string text;
  for (const char c : value.substr(0, longest))
    text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
  return "\"" + text + (value.size() > longest ? "...\"" : "\"");
}

std::string shown(const Setting& setting, const Given& given) {
  if (setting.secrecy == Secrecy::secret) return given.value.empty() ? "not set" : "set";
  if (!given.value.empty()) return given.value;
  if (!setting.default_text.empty()) return setting.default_text;
  return setting.default_words.empty() ? "not set" : setting.default_words;
}

void take(const Setting& setting, const Given& given, Loaded& loaded) {
  const bool accepted = given.value.empty() || setting.type.assign(given.value, loaded.config);
  if (!accepted) {
    const bool secret = setting.secrecy == Secrecy::secret;
    loaded.problems.push_back({.key = setting.key,
                               .text = fmt::format("{} (from {}) is not accepted; write {}",
                                                   secret ? "the value" : in_quotes(given.value),
                                                   given.origin, setting.type.accepts)});
  }
  if (setting.secrecy == Secrecy::secret && given.origin == "flag") {
    loaded.warnings.push_back(
        {.key = setting.key,
         .text = "is on the command line, where other users of this machine can read it; set it in the "
                 "environment or in .env"});
  }
  loaded.choices.push_back({.key = setting.key, .shown = shown(setting, given), .origin = given.origin});
}

// .env may serve other programs too, so only what looks like a slip is mentioned.
void warn_of_misspellings(const EnvFile& file, Loaded& loaded) {
  std::vector<std::string> keys;
  for (const Setting& setting : settings()) keys.push_back(setting.key);
  for (const auto& [key, value] : file.values) {
    if (find_setting(key) != nullptr) continue;
    const std::string meant = nearest(key, keys, 1);
    if (meant.empty()) continue;
    loaded.warnings.push_back({.key = key, .text = "in .env is not a setting; did you mean " + meant + "?"});
  }
}

void show_what_rules_chose(Loaded& loaded) {
  for (Choice& choice : loaded.choices) {
    if (choice.origin != "default") continue;
    if (choice.key == "BASE_DATA_DIR" && !loaded.config.data_root.empty())
      choice.shown = loaded.config.data_root;
    if (choice.key == "GUEST_PROGRAM" && !loaded.config.guest_program.empty()) {
      choice.shown = loaded.config.guest_program;
    }
  }
}

}  // namespace

Loaded load(const Sources& sources) {
  Loaded loaded;
  const EnvFile file = parse_env_file(sources.env_file);
  if (!sources.env_file_error.empty()) {
    loaded.problems.push_back({.key = ".env", .text = sources.env_file_error});
  }
  loaded.problems.insert(loaded.problems.end(), file.problems.begin(), file.problems.end());
  for (const Setting& setting : settings()) {
    if (!setting.default_text.empty()) setting.type.assign(setting.default_text, loaded.config);
    take(setting,
         choose(setting.key, {{.name = "flag", .values = sources.flags},
                              {.name = "environment", .values = sources.environment},
                              {.name = ".env", .values = file.values}}),
         loaded);
  }
  apply_rules(sources, loaded);
  warn_of_misspellings(file, loaded);
  show_what_rules_chose(loaded);
  return loaded;
}

void add_problem(Loaded& loaded, std::string_view line) {
  constexpr std::string_view name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  const std::size_t end = std::min(line.find_first_not_of(name), line.size());
  std::string_view text = line.substr(end);
  if (text.starts_with(':')) text.remove_prefix(1);
  loaded.problems.push_back({.key = std::string(line.substr(0, end)), .text = std::string(trim(text))});
}

std::string problem_lines(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) text += finding.key + ": " + finding.text + "\n";
  return text;
}

}  // namespace cus::config
