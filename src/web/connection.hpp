// SPDX-License-Identifier: Apache-2.0
#pragma once
// The life of one client connection: requests one after the other, each answered before the next is read.

#include <memory>
#include <string>

#include "server_state.hpp"

namespace cus::web {

Task<> serve_connection(std::shared_ptr<ServerState> server, net::StreamPtr stream, std::string peer);

// Whether one more connection from there is within the caps.
bool has_room(const ServerState& server, std::string_view peer, const std::string& source);

}  // namespace cus::web
