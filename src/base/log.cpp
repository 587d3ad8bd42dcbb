// SPDX-License-Identifier: Apache-2.0
#include "cus/base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "cus/base/error.hpp"
#include "cus/base/json.hpp"
#include "cus/base/utf8.hpp"

namespace cus::log {
namespace {

constexpr std::size_t max_field_bytes = 2000;
constexpr std::array<std::string_view, 5> level_names = {"debug", "info", "warn", "error", "critical"};
constexpr std::array<spdlog::level::level_enum, 5> levels = {spdlog::level::debug, spdlog::level::info,
                                                             spdlog::level::warn, spdlog::level::err,
                                                             spdlog::level::critical};

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("cus", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made.set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
    made.set_level(spdlog::level::info);
    return made;
  }();
  return instance;
}

std::string timestamp_now() {
  namespace ch = std::chrono;
  const auto now = ch::floor<ch::milliseconds>(ch::system_clock::now());
  const auto day = ch::floor<ch::days>(now);
  const ch::year_month_day date(day);
  const ch::hh_mm_ss time(now - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

// ASCII only: nothing from outside can move the cursor of the terminal that shows the log.
std::string quoted(std::string text) {
  if (is_plain(text)) return '"' + text + '"';
  return Json(std::move(text)).dump(-1, ' ', true, Json::error_handler_t::replace);
}

struct AsJson {
  std::string operator()(const std::string& text) const {
    if (text.size() <= max_field_bytes) return quoted(text);
    return quoted(std::string(utf8::prefix(text, max_field_bytes)) + "...");
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::integral auto value) const { return std::to_string(value); }
  std::string operator()(double value) const { return Json(value).dump(); }
};

}  // namespace

void set_level(Level least) {
  logger().set_level(levels.at(static_cast<std::size_t>(least)));
}

// One object in the order of its fields; written by hand, because each request writes a line.
std::string encode(Level level, std::string_view event, Fields fields, std::string_view timestamp) {
  std::string line;
  line.reserve(256);
  const auto add = [&line](std::string_view key, std::string_view value) {
    line.append(line.empty() ? "{" : ",").append(quoted(std::string(key))).append(":").append(value);
  };
  add("ts", quoted(std::string(timestamp)));
  add("level", quoted(std::string(level_names.at(static_cast<std::size_t>(level)))));
  add("event", quoted(std::string(event)));
  for (const Field& field : fields) add(field.key, std::visit(AsJson{}, field.value));
  return line + '}';
}

void write(Level level, std::string_view event, Fields fields) {
  const auto spd_level = levels.at(static_cast<std::size_t>(level));
  if (!logger().should_log(spd_level)) return;
  logger().log(spd_level, spdlog::string_view_t(encode(level, event, fields, timestamp_now())));
}

void failure(Level level, std::string_view event, const Error& error, Fields fields) {
  const auto spd_level = levels.at(static_cast<std::size_t>(level));
  if (!logger().should_log(spd_level)) return;
  std::string line = encode(level, event, fields, timestamp_now());
  line.pop_back();
  const auto add = [&line](std::string_view key, const std::string& value) {
    line.append(",\"").append(key).append("\":").append(AsJson{}(value));
  };
  add("code", std::string(code_name(error.code)));
  add("message", error.message);
  if (!error.cause.empty()) add("cause", error.cause);
  logger().log(spd_level, spdlog::string_view_t(line + '}'));
}

}  // namespace cus::log
