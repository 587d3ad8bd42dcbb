// SPDX-License-Identifier: Apache-2.0
#pragma once
// Revision 2026-07-28 repeats parts of a request in headers, so that what stands in front of the server can
// route without reading bodies. Header and body must say the same, or two programs would act on different
// requests (SEP-2243). Pure.

#include <optional>
#include <string>
#include <string_view>

#include "cus/mcp/head.hpp"
#include "json_rpc.hpp"
#include "param_headers.hpp"

namespace cus::mcp {

// The value a header stands for: white space around it is not part of it, and "=?base64?...?=" holds UTF-8.
// nullopt: bytes or an encoding that no header may have.
std::optional<std::string> decode_header(std::string_view value);

// `version` is what the body says. nullopt: head and body agree.
std::optional<RpcError> check_standard_headers(const Head& head, std::string_view version,
                                               std::string_view method, const Json& params);

std::optional<RpcError> check_param_headers(const Head& head, const std::vector<ParamHeader>& declared,
                                            const Json& arguments);

}  // namespace cus::mcp
