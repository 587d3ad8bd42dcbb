// SPDX-License-Identifier: Apache-2.0
#pragma once
// Moves the body of one message from one HTTP connection to another, framed anew. 16 KiB in flight.

#include "cus/net/http.hpp"
#include "egress/hop_headers.hpp"
#include "egress/session.hpp"

namespace cus::egress {

enum class Copied : std::uint8_t { whole, source_broke, sink_broke };

Task<Copied> copy_body(const Session& session, net::HttpConnection& from, net::HttpConnection& to,
                       Framing framing);

// Reads and forgets, until the end of the body, an error or `enough`.
Task<> drain_body(const Session& session, net::HttpConnection& from, const bool& enough);

}  // namespace cus::egress
