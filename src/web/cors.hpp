// SPDX-License-Identifier: Apache-2.0
#pragma once
// What browser clients of another, allowed origin need to see (contract/mcp.md, "Browser clients").

#include <string_view>

#include "cus/net/http.hpp"

namespace cus::web {

// For every answer to a request with an allowed Origin.
net::Headers cors_headers(std::string_view origin);

// For the answer to OPTIONS; `allow` are the path's methods, `request` the preflight's own headers.
net::Headers preflight_headers(std::string_view allow, const net::Headers& request);

}  // namespace cus::web
