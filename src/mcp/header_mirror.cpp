// SPDX-License-Identifier: Apache-2.0
#include "header_mirror.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "cus/base/base64.hpp"
#include "cus/base/utf8.hpp"

namespace cus::mcp {
namespace {

RpcError mismatch(std::string message) {
  return {.code = rpc::header_mismatch, .message = std::move(message), .data = nullptr, .status = 400};
}

RpcError missing(std::string_view header) {
  return mismatch(fmt::format("The header {} is missing: it must repeat what the body says.", header));
}

RpcError differs(std::string_view header) {
  return mismatch(
      fmt::format("The header {} must repeat what the body says, but says something else.", header));
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Which parameter Mcp-Name repeats.
const char* name_source(std::string_view method) {
  if (method == "tools/call" || method == "prompts/get") return "name";
  return method == "resources/read" ? "uri" : nullptr;
}

std::optional<double> as_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

bool equals(const Json& value, std::string_view header) {
  if (value.is_string()) return value.get_ref<const std::string&>() == header;
  if (value.is_boolean()) return header == (value.get<bool>() ? "true" : "false");
  if (!value.is_number()) return false;
  if (header == dump_json(value)) return true;
  // Beyond that doubles leave numbers out, so that only the same digits are the same number.
  constexpr double exact = 9007199254740991.0;
  const auto number = as_number(header);
  return number && std::abs(*number) <= exact && *number == value.get<double>();
}

const Json* at_path(const Json& arguments, const std::vector<std::string>& path) {
  const Json* value = &arguments;
  for (const std::string& member : path) {
    value = get_member(*value, member);
    if (value == nullptr) return nullptr;
  }
  return value->is_null() ? nullptr : value;
}

}  // namespace

std::optional<std::string> decode_header(std::string_view value) {
  constexpr std::string_view begin = "=?base64?";
  constexpr std::string_view end = "?=";
  value = trim(value);
  const bool plain = std::ranges::all_of(value, [](char c) { return (c >= 0x20 && c < 0x7f) || c == '\t'; });
  if (!plain) return std::nullopt;
  if (value.size() < begin.size() + end.size() || !value.starts_with(begin) || !value.ends_with(end))
    return std::string(value);
  value.remove_prefix(begin.size());
  value.remove_suffix(end.size());
  std::optional<std::string> decoded = decode_base64(value);
  if (!decoded || !utf8::valid(*decoded)) return std::nullopt;
  return decoded;
}

std::optional<RpcError> check_standard_headers(const Head& head, std::string_view version,
                                               std::string_view method, const Json& params) {
  if (!head.repeated.empty())
    return mismatch(fmt::format("The header {} must be sent only once.", head.repeated));
  if (!head.version) return missing("MCP-Protocol-Version");
  if (trim(*head.version) != version) return differs("MCP-Protocol-Version");
  if (!head.method) return missing("Mcp-Method");
  if (trim(*head.method) != method) return differs("Mcp-Method");
  const char* source = name_source(method);
  if (source == nullptr) return std::nullopt;
  const std::optional<std::string> body = get_string(params, source);
  // A body without it is refused for that, in words that help more.
  if (!body && !head.name) return std::nullopt;
  if (!head.name) return missing("Mcp-Name");
  const std::optional<std::string> name = decode_header(*head.name);
  if (!name) return mismatch("The header Mcp-Name holds bytes or an encoding that are not valid.");
  if (name != body) return differs("Mcp-Name");
  return std::nullopt;
}

std::optional<RpcError> check_param_headers(const Head& head, const std::vector<ParamHeader>& declared,
                                            const Json& arguments) {
  for (const ParamHeader& param : declared) {
    const auto sent = std::ranges::find_if(
        head.params, [&param](const auto& header) { return same_name(header.first, param.name); });
    const Json* value = at_path(arguments, param.path);
    const std::string header = "Mcp-Param-" + param.name;
    if (value == nullptr && sent == head.params.end()) continue;
    if (value == nullptr) return differs(header);
    if (sent == head.params.end()) return missing(header);
    const std::optional<std::string> decoded = decode_header(sent->second);
    if (!decoded)
      return mismatch(fmt::format("The header {} holds bytes or an encoding that are not valid.", header));
    if (!equals(*value, *decoded)) return differs(header);
  }
  return std::nullopt;
}

}  // namespace cus::mcp
