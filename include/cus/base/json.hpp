// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reading JSON that a peer wrote: bounded in size and depth, never throwing.

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus {

using Json = nlohmann::json;

inline constexpr std::size_t max_json_depth = 64;
inline constexpr std::size_t max_json_values = 100'000;
inline constexpr std::size_t max_json_list_values =
    4'000'000;  // lists of all sandboxes, from who may send them

// Parses one JSON text. Refused with Code::protocol: syntax errors, invalid UTF-8, a byte order mark,
// trailing text, nesting beyond `max_depth`, and, before any of it is built, more than `max_values` values
// (an empty array or object counts twice). Duplicate keys: the last one wins.
Result<Json> parse_json(std::string_view text, std::size_t max_depth = max_json_depth,
                        std::size_t max_values = max_json_values);

// Compact text; invalid UTF-8 in strings becomes U+FFFD.
std::string dump_json(const Json& value);

// Member look-ups that never throw; nullopt when absent or of another type.
std::optional<std::string> get_string(const Json& object, std::string_view key);
std::optional<std::int64_t> get_int(const Json& object, std::string_view key);
std::optional<bool> get_bool(const Json& object, std::string_view key);
const Json* get_member(const Json& object, std::string_view key);

}  // namespace cus
