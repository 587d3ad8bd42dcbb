// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line. In a sandbox there is none: the defaults are the places of the protocol.

#include <span>
#include <string>

#include "cus/base/error.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {

struct Options {
  std::string socket{guest::server_socket};
  std::string home = "/home/assistant";
  std::string spool_directory{guest::spool_directory};
  std::uint16_t http_port = guest::http_proxy_port;  // 0: none
  std::uint16_t socks_port = guest::socks_proxy_port;
  std::uint64_t memory_limit = 0;  // bytes; 0: somebody else sees to it
  bool show_version = false;
};

Result<Options> parse_options(std::span<const char* const> arguments);

}  // namespace cus::guest_agent
