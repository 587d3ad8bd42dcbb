// SPDX-License-Identifier: Apache-2.0
#pragma once
// What every request of revision 2026-07-28 brings in `_meta`, and what every result of it carries. Pure.

#include <optional>
#include <string>

#include "json_rpc.hpp"
#include "methods.hpp"

namespace cus::mcp {

struct Envelope {
  std::string version;
  Json client_capabilities;
};

// Invalid params (HTTP 400) when something required is missing or malformed.
std::expected<Envelope, RpcError> read_envelope(const Json& params);

// -32022 for a version that is not spoken here.
std::optional<RpcError> check_version(const std::string& version);

// -32021 when the client lacks one of `needs`, which has the shape of client capabilities; null needs
// nothing.
std::optional<RpcError> check_capabilities(const Json& needs, const Json& client_capabilities);

// Makes `result` one of this revision: its type, who sent it, and for whom and how long it may be kept.
Json complete_result(Json result, const Json& server_info, const std::optional<CacheHint>& hint);

}  // namespace cus::mcp
