// SPDX-License-Identifier: Apache-2.0
#include "cus/base/json.hpp"

#include <nlohmann/json.hpp>

namespace cus {

namespace {

// One pass before the parser runs, so that a bomb of brackets costs no more than its bytes.
bool nests_deeper(std::string_view text, std::size_t max_depth) {
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
      if (++depth > max_depth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace

Result<Json> parse_json(std::string_view text, std::size_t max_depth) {
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(Code::protocol, "JSON must not begin with a byte order mark.");
  if (nests_deeper(text, max_depth)) return fail(Code::protocol, "JSON is nested too deeply.");
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
