// SPDX-License-Identifier: Apache-2.0
#pragma once
// One forwarded request and its answer. Both bodies move at the same time, so that an early answer,
// "100 Continue" and servers that answer while they read need no special case.

#include "cus/net/http.hpp"
#include "egress/destination.hpp"
#include "egress/session.hpp"

namespace cus::egress {

enum class After : std::uint8_t { next_request, close, switched };

// Sends the request to `server`, its answer to `client`. Afterwards: the client's connection can take another
// request, is to be closed, or both sides have left HTTP.
Task<After> exchange(Session& session, net::HttpConnection& client, net::HttpConnection& server,
                     const net::RequestHead& head, const AbsoluteTarget& target);

// Answers with the refusal, lets the client read it, and is done with the connection.
Task<> refuse(Session& session, net::HttpConnection& client, const net::RequestHead* head, Refusal why);

}  // namespace cus::egress
