// SPDX-License-Identifier: Apache-2.0
#include "modern_envelope.hpp"

#include <fmt/format.h>

#include "meta_keys.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

std::unexpected<RpcError> malformed(const char* key, std::string_view what) {
  return std::unexpected(RpcError{.code = rpc::invalid_params,
                                  .message = fmt::format("params._meta needs \"{}\", {}.", key, what),
                                  .data = nullptr,
                                  .status = 400});
}

}  // namespace

std::expected<Envelope, RpcError> read_envelope(const Json& params) {
  const Json* meta = get_member(params, "_meta");
  if (meta == nullptr || !meta->is_object()) return malformed(meta_keys::version, "a string");
  auto version = get_string(*meta, meta_keys::version);
  if (!version) return malformed(meta_keys::version, "a string");
  const Json* capabilities = get_member(*meta, meta_keys::client_capabilities);
  if (capabilities == nullptr || !capabilities->is_object())
    return malformed(meta_keys::client_capabilities, "an object, which may be empty");
  const Json* info = get_member(*meta, meta_keys::client_info);
  if (info != nullptr && !info->is_object()) return malformed(meta_keys::client_info, "if any, as an object");
  return Envelope{.version = std::move(*version), .client_capabilities = *capabilities};
}

std::optional<RpcError> check_version(const std::string& version) {
  if (is_modern(version)) return std::nullopt;
  Json supported = modern_versions;
  for (const std::string_view legacy : legacy_versions) supported.push_back(legacy);
  return RpcError{.code = rpc::unsupported_version,
                  .message = unsupported_text(version),
                  .data = {{"supported", std::move(supported)}, {"requested", version}},
                  .status = 400};
}

std::optional<RpcError> check_capabilities(const Json& needs, const Json& client_capabilities) {
  if (!needs.is_object()) return std::nullopt;
  Json missing = Json::object();
  for (const auto& [name, value] : needs.items()) {
    if (!client_capabilities.contains(name)) missing[name] = value;
  }
  if (missing.empty()) return std::nullopt;
  return RpcError{.code = rpc::missing_capability,
                  .message = "This needs a capability that the client did not declare.",
                  .data = {{"requiredCapabilities", std::move(missing)}},
                  .status = 400};
}

Json complete_result(Json result, const Json& server_info, const std::optional<CacheHint>& hint) {
  result["resultType"] = "complete";
  result["_meta"][meta_keys::server_info] = server_info;
  if (hint) {
    result["ttlMs"] = hint->ttl_ms;
    result["cacheScope"] = hint->is_public ? "public" : "private";
  }
  return result;
}

}  // namespace cus::mcp
