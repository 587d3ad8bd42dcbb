// SPDX-License-Identifier: Apache-2.0
// Input: values of log fields, a line each; some are logged as numbers too.
#include <charconv>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "cus/base/log.hpp"
#include "cus/base/utf8.hpp"
#include "fuzz/fuzz.hpp"

namespace cus::fuzz {
namespace {

constexpr std::size_t longest_value = 2000;
// A byte takes at most six characters (\u00XX), a cut value ends with "...", the rest is names and quotes.
constexpr std::size_t longest_line = 3 * (6 * longest_value + 3) + 300;

double as_double(std::string_view bytes) {
  double number = 0;
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
  return number;
}

void check_value(const Json& line, std::string_view key, std::string_view value) {
  const auto logged = get_string(line, key);
  require(logged.has_value(), "a field is in its line", key);
  if (value.size() <= longest_value) {
    if (utf8::valid(value)) require(*logged == value, "a short value is logged as it is", value);
    return;
  }
  require(logged->ends_with("..."), "a cut value says so", value);
  if (!utf8::valid(value)) return;
  const std::string_view kept = std::string_view(*logged).substr(0, logged->size() - 3);
  require(value.starts_with(kept) && kept.size() > longest_value - 4, "a value is cut behind its beginning",
          value);
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  namespace log = cus::log;
  std::string_view rest = as_text(data, size);
  const std::string_view first = take_line(rest);
  const std::string_view second = take_line(rest);
  const auto level = static_cast<log::Level>(size % 5);
  const std::string line = log::encode(level, "http.request",
                                       {{"path", first},
                                        {"method", second},
                                        {"what", rest},
                                        {"ms", as_double(second)},
                                        {"status", size},
                                        {"ok", first.empty()}},
                                       "2026-01-01T00:00:00.000Z");
  for (const char c : line) require(c >= ' ' && c <= '~', "a line is printable ASCII", line);
  require(line.size() <= longest_line, "a line is bounded", line);
  const auto json = cus::parse_json(line);
  require(json && json->is_object(), "a line is a JSON object", line);
  require(json->size() == 9, "a line has the fields it was given and no others", line);
  require(cus::get_string(*json, "event") == "http.request", "a field changes no other", line);
  require(cus::get_int(*json, "status") == static_cast<std::int64_t>(size), "a number is a number", line);
  check_value(*json, "path", first);
  check_value(*json, "method", second);
  check_value(*json, "what", rest);
  return 0;
}
