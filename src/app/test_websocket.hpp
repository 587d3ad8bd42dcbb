// SPDX-License-Identifier: Apache-2.0
#pragma once
// `serve --test-websocket`, which no help mentions: one WebSocket to attack while there is no other.

#include "cus/web/route.hpp"

namespace cus::app {

// GET /test/ws sends back each message; the text "close 4001 why" makes the server close with that.
web::Routes test_websocket_routes();

}  // namespace cus::app
