// SPDX-License-Identifier: Apache-2.0
#include "era_choice.hpp"

#include "meta_keys.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

const Json* claim_of(const Json& params) {
  const Json* meta = get_member(params, "_meta");
  return meta == nullptr ? nullptr : get_member(*meta, meta_keys::version);
}

std::unexpected<RpcError> refuse(int code, std::string message) {
  return std::unexpected(
      RpcError{.code = code, .message = std::move(message), .data = nullptr, .status = 400});
}

}  // namespace

std::expected<Era, RpcError> choose_era(const Message& message, std::optional<std::string_view> header) {
  if (const Json* claim = claim_of(message.params)) {
    if (!claim->is_string()) {
      return refuse(rpc::invalid_params, "The protocol version in _meta must be a string.");
    }
    return is_legacy(claim->get_ref<const std::string&>()) ? Era::legacy : Era::modern;
  }
  if (!header || !claims_modern(*header) || message.kind == MessageKind::response) return Era::legacy;
  if (message.kind == MessageKind::notification) return Era::modern;
  if (message.method == "initialize") {
    return refuse(
        rpc::header_mismatch,
        "initialize belongs to the protocol versions up to 2025-11-25, the MCP-Protocol-Version header "
        "names a newer one. Leave the header out, or call server/discover.");
  }
  return refuse(
      rpc::invalid_params,
      "A request of this protocol version needs params._meta with the protocol version and the client's "
      "capabilities.");
}

bool claims_modern_era(const Json& message) {
  const Json* params = get_member(message, "params");
  const Json* claim = params == nullptr ? nullptr : claim_of(*params);
  return claim != nullptr && !(claim->is_string() && is_legacy(claim->get_ref<const std::string&>()));
}

}  // namespace cus::mcp
