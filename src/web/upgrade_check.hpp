// SPDX-License-Identifier: Apache-2.0
#pragma once
// Whether a request asks properly for a WebSocket (RFC 6455 4.2.1), and what to answer when it does not.
// Extensions are not looked at: none is ever accepted. No I/O.

#include <expected>
#include <string>
#include <vector>

#include "cus/web/exchange.hpp"

namespace cus::web {

struct Handshake {
  std::string key;
  std::string protocol;  // the chosen one, or none
};

// `version` is HTTP's, 11 for 1.1. `has_body`: bytes of a body could pass for frames.
std::expected<Handshake, Response> check_upgrade(const Request& request, int version, bool has_body,
                                                 const std::vector<std::string>& protocols);

}  // namespace cus::web
