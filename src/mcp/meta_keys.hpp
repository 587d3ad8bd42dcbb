// SPDX-License-Identifier: Apache-2.0
#pragma once
// The reserved keys of `_meta` (revision 2026-07-28).

namespace cus::mcp::meta_keys {

inline constexpr const char* version = "io.modelcontextprotocol/protocolVersion";
inline constexpr const char* client_capabilities = "io.modelcontextprotocol/clientCapabilities";
inline constexpr const char* client_info = "io.modelcontextprotocol/clientInfo";
inline constexpr const char* log_level = "io.modelcontextprotocol/logLevel";
inline constexpr const char* server_info = "io.modelcontextprotocol/serverInfo";
inline constexpr const char* subscription = "io.modelcontextprotocol/subscriptionId";

}  // namespace cus::mcp::meta_keys
