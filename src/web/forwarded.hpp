// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where a request came from when proxies that are trusted passed it on.

#include <optional>
#include <string>
#include <string_view>

#include "cus/auth/trusted_proxies.hpp"
#include "cus/net/http.hpp"

namespace cus::web {

// The right-most address of X-Forwarded-For that is no trusted proxy's; what stands left of it, anybody could
// have written. A chain that ends in something else than an address, or is too long, ends at the last proxy.
std::string client_address(const net::Headers& headers, std::string_view peer,
                           const auth::TrustedProxies& proxies);

// The last element of a header that proxies add to; empty when absent.
std::string_view last_element(const net::Headers& headers, std::string_view name);

}  // namespace cus::web
