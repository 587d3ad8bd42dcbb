// SPDX-License-Identifier: Apache-2.0
#include "bash_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"

namespace cus::tools {
namespace {

constexpr std::int64_t max_timeout_seconds = 3600;
constexpr std::size_t max_ignored_names = 8;
constexpr std::size_t max_ignored_bytes = 64;
constexpr std::array<std::string_view, 3> known = {"command", "description", "timeout_seconds"};

const Json* given(const Json& arguments, std::string_view key) {
  const Json* value = get_member(arguments, key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Result<std::string> parse_command(const Json& arguments) {
  const Json* value = given(arguments, "command");
  if (value == nullptr) {
    return fail(Code::invalid_argument,
                R"(The argument "command" is missing. Call bash_tool again with the shell text to run as a )"
                R"(string, for example {"command": "ls -la"}.)");
  }
  if (!value->is_string()) {
    return fail(Code::invalid_argument,
                fmt::format(R"(The argument "command" must be one string of shell text, not a value of type )"
                            R"({}. Call bash_tool again, for example with {{"command": "ls -la"}}.)",
                            value->type_name()));
  }
  const auto& command = value->get_ref<const std::string&>();
  if (command.find_first_not_of(" \t\r\n") == std::string::npos) {
    return fail(Code::invalid_argument,
                R"(The argument "command" is empty. Call bash_tool again with the shell text to run.)");
  }
  if (command.contains('\0')) {
    return fail(Code::invalid_argument,
                R"(The argument "command" contains a NUL character, which a shell cannot run. Leave it out, )"
                R"(or make the byte inside the command, for example with printf '\0'.)");
  }
  return command;
}

// Some clients send numbers as text or as 30.0: what is a whole number is taken as one.
std::optional<std::int64_t> whole_number(const Json& value) {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return number;
  }
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return static_cast<std::int64_t>(std::min<std::uint64_t>(number, INT64_MAX));
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (!value.is_number_float()) return std::nullopt;
  const double number = value.get<double>();
  if (std::trunc(number) != number || std::abs(number) > 1e15) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Result<std::chrono::seconds> parse_timeout(const Json& arguments, std::chrono::seconds default_timeout) {
  const Json* value = given(arguments, "timeout_seconds");
  if (value == nullptr) return default_timeout;
  const auto seconds = whole_number(*value);
  if (!seconds || *seconds < 1 || *seconds > max_timeout_seconds) {
    return fail(Code::invalid_argument,
                fmt::format(R"(The argument "timeout_seconds" must be a whole number from 1 to {}. Leave it )"
                            R"(out to get the default of {} seconds.)",
                            max_timeout_seconds, default_timeout.count()));
  }
  return std::chrono::seconds(*seconds);
}

std::vector<std::string> unknown_names(const Json& arguments) {
  std::vector<std::string> names;
  for (const auto& [name, value] : arguments.items()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    if (names.size() == max_ignored_names) break;
    names.emplace_back(utf8::prefix(name, max_ignored_bytes));
  }
  return names;
}

}  // namespace

Json bash_schema(std::chrono::seconds default_timeout) {
  return {
      {"type", "object"},
      {"properties",
       {{"command",
         {{"type", "string"}, {"minLength", 1}, {"description", "Shell text for bash; may span lines."}}},
        {"description",
         {{"type", "string"}, {"description", "What the command is for, shown to the person who waits."}}},
        {"timeout_seconds",
         {{"type", "integer"},
          {"minimum", 1},
          {"maximum", max_timeout_seconds},
          {"default", default_timeout.count()},
          {"description", "The command and all it started is stopped after this many seconds."}}}}},
      {"required", {"command"}},
      {"additionalProperties", false}};
}

Result<BashArguments> parse_bash_arguments(const Json& arguments, std::chrono::seconds default_timeout) {
  if (!arguments.is_object())
    return fail(Code::invalid_argument, R"(The arguments must be an object, for example {"command": "ls"}.)");
  Result<std::string> command = parse_command(arguments);
  if (!command) return std::unexpected(std::move(command.error()));
  Result<std::chrono::seconds> timeout = parse_timeout(arguments, default_timeout);
  if (!timeout) return std::unexpected(std::move(timeout.error()));
  BashArguments parsed{
      .command = std::move(*command), .timeout = *timeout, .ignored = unknown_names(arguments)};
  if (const Json* description = given(arguments, "description")) {
    if (!description->is_string()) {
      return fail(
          Code::invalid_argument,
          R"(The argument "description" must be a string. It is optional: leave it out or repair it.)");
    }
    parsed.description = description->get<std::string>();
  }
  return parsed;
}

}  // namespace cus::tools
