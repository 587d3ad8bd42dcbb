// SPDX-License-Identifier: Apache-2.0
#pragma once
// Who calls, from the headers of a request that holds the key. One precedence rule for every item: the plain
// header, then its X-OpenWebUI- alias; an empty value counts as absent.

#include "cus/tools/tool.hpp"
#include "cus/web/exchange.hpp"

namespace cus::web {

// Code::invalid_argument, with a text for the client, for duplicates, underscores in place of hyphens and
// values that are not valid.
Result<tools::Caller> read_caller(const Request& request);

}  // namespace cus::web
