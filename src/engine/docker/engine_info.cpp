// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/engine_info.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cus/base/json.hpp"
#include "engine/docker/engine_error.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t max_text = 64;
constexpr std::size_t max_components = 16;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

std::vector<Component> read_components(const Json& body) {
  std::vector<Component> components;
  const Json* list = get_member(body, "Components");
  if (list == nullptr || !list->is_array()) return components;
  for (const Json& item : *list) {
    const auto name = get_string(item, "Name");
    const auto version = get_string(item, "Version");
    if (name && version && components.size() < max_components) {
      components.push_back({lower(printable(*name)), printable(*version)});
    }
  }
  return components;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c >= ' ' && c <= '~' && out.size() < max_text) out += c;
  }
  return out;
}

Result<EngineInfo> parse_engine_info(std::string_view body) {
  const Result<Json> json = parse_json(body);
  if (!json) return bad_answer("version", json.error().message);
  const auto newest = get_string(*json, "ApiVersion");
  if (!newest) return bad_answer("version", "no ApiVersion");
  EngineInfo info;
  const Result<ApiVersion> newest_version = parse_api_version(*newest);
  if (!newest_version) return std::unexpected(newest_version.error());
  // Without a lower bound the engine is an old one that speaks everything since the beginning.
  const Result<ApiVersion> oldest_version =
      parse_api_version(get_string(*json, "MinAPIVersion").value_or("1.0"));
  if (!oldest_version) return std::unexpected(oldest_version.error());
  info.newest_api = *newest_version;
  info.oldest_api = *oldest_version;
  info.version = printable(get_string(*json, "Version").value_or(""));
  info.components = read_components(*json);
  const bool podman =
      std::ranges::any_of(info.components, [](const Component& c) { return c.name.contains("podman"); });
  info.name = podman ? "podman" : "docker";
  return info;
}

}  // namespace cus::engine
