// SPDX-License-Identifier: Apache-2.0
#include "cus/base/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace cus {

namespace {

struct Shape {
  std::size_t depth = 0;
  std::size_t values = 1;
};

// One pass before the parser runs, so that a bomb of brackets or of values costs no more than its bytes.
// Every value but the outermost follows a comma or opens its container. Ends early beyond a limit.
Shape measure(std::string_view text, Shape limit) {
  Shape shape;
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      ++shape.values;
      shape.depth = std::max(shape.depth, ++depth);
    } else if (c == ',') {
      ++shape.values;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
    if (shape.depth > limit.depth || shape.values > limit.values) break;
  }
  return shape;
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t max_depth, std::size_t max_values) {
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(Code::protocol, "JSON must not begin with a byte order mark.");
  // The parser would take a NUL for the end of the text.
  if (text.contains('\0')) return fail(Code::protocol, "This is not valid JSON.");
  const Shape shape = measure(text, {.depth = max_depth, .values = max_values});
  if (shape.depth > max_depth) return fail(Code::protocol, "JSON is nested too deeply.");
  if (shape.values > max_values) {
    return fail(Code::protocol, "JSON holds too many values: at most " + std::to_string(max_values) + ".");
  }
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) return fail(Code::protocol, "This is not valid JSON.");
  return value;
}

std::string dump_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

const Json* get_member(const Json& object, std::string_view key) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(key);
  return found == object.end() ? nullptr : &*found;
}

std::optional<std::string> get_string(const Json& object, std::string_view key) {
  const Json* member = get_member(object, key);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return member->get_ref<const std::string&>();
}

std::optional<std::int64_t> get_int(const Json& object, std::string_view key) {
  const Json* member = get_member(object, key);
  if (member == nullptr || !member->is_number_integer()) return std::nullopt;
  if (member->is_number_unsigned() && member->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
  return member->get<std::int64_t>();
}

std::optional<bool> get_bool(const Json& object, std::string_view key) {
  const Json* member = get_member(object, key);
  if (member == nullptr || !member->is_boolean()) return std::nullopt;
  return member->get<bool>();
}

}  // namespace cus
