// SPDX-License-Identifier: Apache-2.0
#include "cus/base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

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
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
  const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  return std::string(text.data(), size) + fmt::format(".{:03}Z", (now - seconds).count());
}

struct ToJson {
  Json operator()(const std::string& text) const {
    if (text.size() <= max_field_bytes) return text;
    return std::string(utf8::prefix(text, max_field_bytes)) + "...";
  }
  Json operator()(auto value) const { return value; }
};

}  // namespace

void set_level(Level least) {
  logger().set_level(levels.at(static_cast<std::size_t>(least)));
}

std::string encode(Level level, std::string_view event, Fields fields, std::string_view timestamp) {
  nlohmann::ordered_json line;
  line["ts"] = timestamp;
  line["level"] = level_names.at(static_cast<std::size_t>(level));
  line["event"] = event;
  for (const Field& field : fields) line[std::string(field.key)] = std::visit(ToJson{}, field.value);
  // ASCII only: nothing from outside can move the cursor of the terminal that shows the log.
  return line.dump(-1, ' ', true, Json::error_handler_t::replace);
}

void write(Level level, std::string_view event, Fields fields) {
  const auto spd_level = levels.at(static_cast<std::size_t>(level));
  if (!logger().should_log(spd_level)) return;
  logger().log(spd_level, "{}", encode(level, event, fields, timestamp_now()));
}

void failure(Level level, std::string_view event, const Error& error, Fields fields) {
  const auto spd_level = levels.at(static_cast<std::size_t>(level));
  if (!logger().should_log(spd_level)) return;
  auto ordered = nlohmann::ordered_json::parse(encode(level, event, fields, timestamp_now()));
  ordered["code"] = code_name(error.code);
  ordered["message"] = ToJson{}(error.message);
  if (!error.cause.empty()) ordered["cause"] = ToJson{}(error.cause);
  logger().log(spd_level, "{}", ordered.dump(-1, ' ', true, Json::error_handler_t::replace));
}

}  // namespace cus::log
