// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which forms of answer a client takes, and whether its body is JSON.

#include <string_view>

#include "cus/net/http.hpp"

namespace cus::web {

struct Accepted {
  bool json = false;
  bool events = false;  // only when text/event-stream is named: who sends */* or nothing reads plain JSON
};

// All Accept headers together; a range with q=0 does not count. No header, or an empty one, accepts JSON.
Accepted read_accept(const net::Headers& headers);

// Exactly one Content-Type, application/json with any parameters, and no content coding.
bool has_json_body(const net::Headers& headers);

}  // namespace cus::web
