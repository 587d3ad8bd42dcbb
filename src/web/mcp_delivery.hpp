// SPDX-License-Identifier: Apache-2.0
#pragma once
// Sends a channel to the client of one exchange: as plain JSON when the reply is all there is, else as an
// event stream. Tells the channel when the client has gone. Ends when the channel, the client or the server
// does.

#include "cus/mcp/channel.hpp"
#include "cus/web/exchange.hpp"
#include "cus/web/mcp_route.hpp"
#include "mcp_accept.hpp"

namespace cus::web {

// A reply as an HTTP answer.
Response mcp_response(const mcp::Reply& reply);
Task<> respond_mcp(Exchange& exchange, mcp::Reply reply);

// The same, as an event to who accepts nothing else.
Task<> deliver_reply(Exchange& exchange, mcp::Reply reply, Accepted accepted);

// The answer to a POST that is not there yet.
Task<> deliver_answer(Exchange& exchange, mcp::ChannelPtr channel, Accepted accepted, McpOptions options);
// The stream of a GET, from the message after number `seen`.
Task<> deliver_stream(Exchange& exchange, mcp::ChannelPtr channel, std::uint64_t seen, McpOptions options);

}  // namespace cus::web
