// SPDX-License-Identifier: Apache-2.0
#pragma once
// A port on 127.0.0.1 inside the sandbox whose clients are handed to the server unread (design D3).

#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <memory>
#include <string_view>

#include "dialer.hpp"

namespace cus::guest_agent {

struct ProxyPort {
  std::uint16_t port = 0;
  std::string_view via;  // a literal
};

// Serves one port for ever; returns when it cannot be bound (somebody inside may hold it). `open` counts the
// connections of all ports, which have one limit.
Task<> serve_proxy_port(Dialer& dialer, ProxyPort port, std::shared_ptr<int> open);

}  // namespace cus::guest_agent
