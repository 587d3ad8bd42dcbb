// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which addresses are the public Internet. Everything that could be this machine, its neighbours or a cloud's
// metadata service is not, in each form that leads there. Pure.

#include <boost/asio/ip/address.hpp>

namespace cus::egress {

using Address = boost::asio::ip::address;

// An IPv4-mapped IPv6 address as the IPv4 address it stands for; others unchanged.
Address plain(const Address& address);

// Documentation networks (192.0.2.0/24, 198.51.100.0/24, 203.0.113.0/24, 2001:db8::/32) count as public: they
// lead nowhere, or to a test. Benchmark networks (198.18.0.0/15, 2001:2::/48) do not: they are somebody's
// lab.
bool is_public(const Address& address);

}  // namespace cus::egress
