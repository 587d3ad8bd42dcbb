// SPDX-License-Identifier: Apache-2.0
#pragma once
// A port on 127.0.0.1 inside the sandbox whose clients are handed to the server unread (design D3).

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string_view>

#include "dialer.hpp"

namespace cus::guest_agent {

// Serves one port for ever; returns when it cannot be bound (somebody inside may hold it). `via` must be a
// literal.
Task<> serve_proxy_port(Dialer& dialer, std::uint16_t port, std::string_view via);

}  // namespace cus::guest_agent
