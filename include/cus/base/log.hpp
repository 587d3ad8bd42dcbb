// SPDX-License-Identifier: Apache-2.0
#pragma once
// One line an event, each a JSON object: {"ts","level","event",...fields}. Levels by consequence: critical =
// cannot serve, error = somebody got a 5xx or lost work, warn = somebody got a 4xx or something was dropped,
// info = life cycle. Text from outside is escaped and cut at 2,000 bytes a field. Safe from any thread.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

namespace cus {
struct Error;
}

namespace cus::log {

enum class Level { debug, info, warn, error, critical };

using Value = std::variant<std::string, std::int64_t, double, bool>;

struct Field {
  std::string_view key;
  Value value;
  Field(std::string_view k, std::string_view v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, const std::string& v) : key(k), value(v) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string(v)) {}
  Field(std::string_view k, double v) : key(k), value(v) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  template <class Int>
    requires std::is_integral_v<Int>
  Field(std::string_view k, Int v) : key(k), value(static_cast<std::int64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

void set_level(Level least);
void write(Level level, std::string_view event, Fields fields);

inline void debug(std::string_view event, Fields fields = {}) {
  write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {}) {
  write(Level::info, event, fields);
}
inline void warn(std::string_view event, Fields fields = {}) {
  write(Level::warn, event, fields);
}
inline void error(std::string_view event, Fields fields = {}) {
  write(Level::error, event, fields);
}

// Logs an Error's code, message and cause, with a name for where it happened.
void failure(Level level, std::string_view event, const Error& error, Fields fields = {});

// The JSON line itself, without the newline; separate for tests and fuzzing.
std::string encode(Level level, std::string_view event, Fields fields, std::string_view timestamp);

}  // namespace cus::log
