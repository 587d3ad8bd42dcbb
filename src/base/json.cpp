// SPDX-License-Identifier: Apache-2.0
#include "cus/base/json.hpp"

#include <nlohmann/json.hpp>

namespace cus {

Result<Json> parse_json(std::string_view text, std::size_t max_depth) {
  if (text.starts_with("\xEF\xBB\xBF"))
    return fail(Code::protocol, "JSON must not begin with a byte order mark.");
  bool too_deep = false;
  const auto check = [&](int depth, Json::parse_event_t event, Json&) {
    const bool opens =
        event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start;
    if (opens && static_cast<std::size_t>(depth) >= max_depth) too_deep = true;
    return !too_deep;
  };
  Json value = Json::parse(text, check, /*allow_exceptions=*/false);
  if (too_deep) return fail(Code::protocol, "JSON is nested too deeply.");
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
