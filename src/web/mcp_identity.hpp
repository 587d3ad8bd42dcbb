// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who calls, from the headers of a request that holds the key.

#include "cus/tools/tool.hpp"
#include "cus/web/exchange.hpp"

namespace cus::web {

// With a secret for signed users (Request::user_tokens) the user is the one of X-OpenWebUI-User-Jwt, or
// nobody: X-User-* and X-OpenWebUI-User-* are not looked at. Chat and message are plain headers either way.
// Code::invalid_argument, with a text for the client, for duplicates, underscores in place of hyphens and
// values that are not valid; Code::unauthorized for a token that does not hold.
Result<tools::Caller> read_caller(const Request& request);

}  // namespace cus::web
