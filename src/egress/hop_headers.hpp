// SPDX-License-Identifier: Apache-2.0
#pragma once
// Heads on their way through the proxy: what belongs to one hop only is taken out, the framing is written
// anew (RFC 9110 7.6.1, RFC 9112 6). Pure.

#include "cus/net/http.hpp"
#include "egress/destination.hpp"

namespace cus::egress {

// How a body is delimited where it is written.
enum class Framing : std::uint8_t { none, length, chunked, until_close };

// Without Connection and what it names, Keep-Alive, TE, Trailer, Transfer-Encoding, Upgrade, Content-Length
// and Proxy-*.
net::Headers end_to_end(const net::Headers& headers);

// Whether the request asks to leave HTTP. Only without a body, so that nothing is left to sort out.
bool wants_upgrade(const net::RequestHead& head);

Framing request_framing(const net::RequestHead& head);
std::string request_text(const net::RequestHead& head, const AbsoluteTarget& target);

Framing answer_framing(const net::RequestHead& request, const net::ResponseHead& answer);
std::string answer_text(const net::RequestHead& request, const net::ResponseHead& answer, bool keep);
// 1xx: passed on without a body; 101 keeps its upgrade.
std::string interim_text(const net::ResponseHead& answer);

}  // namespace cus::egress
