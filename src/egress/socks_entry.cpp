// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "cus/net/http.hpp"
#include "egress/session.hpp"
#include "egress/socks_message.hpp"

namespace cus::egress {
namespace {

constexpr std::size_t max_message_bytes = 512;

// Reads until `parse` has a message or knows that there will be none; nothing when the client has left.
template <class Message>
Task<std::optional<std::expected<Message, SocksFault>>> read_message(
    Session& session, net::Stream& client, std::string& bytes, Deadline deadline,
    std::expected<Message, SocksFault> (*parse)(std::string_view)) {
  for (;;) {
    auto message = parse(bytes);
    if (message || !message.error().incomplete) co_return message;
    std::array<char, max_message_bytes> piece;
    const Result<std::size_t> got = co_await client.read_some(piece, deadline);
    if (!got || *got == 0) {
      session.outcome = got || got.error().code != Code::timed_out ? Outcome::broken : Outcome::idle;
      co_return std::nullopt;
    }
    bytes.append(piece.data(), *got);
  }
}

Task<> refuse(Session& session, net::Stream& client, std::string reply, Outcome why) {
  session.outcome = why;
  const Result<> sent = co_await client.write(reply, session.request_deadline());
  if (sent) co_await let_it_read(client);
}

// The destination, or nothing when the client was answered or has left. `bytes` keeps what follows.
Task<std::optional<Destination>> negotiate(Session& session, net::Stream& client, std::string& bytes) {
  const Deadline deadline = session.request_deadline();
  const auto greeting = co_await read_message(session, client, bytes, deadline, &parse_socks_greeting);
  if (!greeting) co_return std::nullopt;
  if (!*greeting) {
    const std::uint8_t reply = greeting->error().reply;
    co_await refuse(session, client, reply == 0 ? std::string() : socks_greeting_reply(reply),
                    Outcome::bad_request);
    co_return std::nullopt;
  }
  bytes.erase(0, **greeting);
  const Result<> agreed = co_await client.write(socks_greeting_reply(0), deadline);
  if (!agreed) co_return std::nullopt;
  auto request = co_await read_message(session, client, bytes, deadline, &parse_socks_request);
  if (!request) co_return std::nullopt;
  if (!*request) {
    co_await refuse(session, client, socks_request_reply(request->error().reply), Outcome::bad_request);
    co_return std::nullopt;
  }
  bytes.erase(0, (*request)->size);
  co_return std::move((*request)->to);
}

}  // namespace

Task<> serve_socks(Session& session, net::StreamPtr client) {
  std::string bytes;
  auto to = co_await negotiate(session, *client, bytes);
  if (!to) co_return;
  auto server = co_await session.dial(std::move(*to));
  if (!server) {
    const Outcome why = server.error().why;
    co_return co_await refuse(session, *client, socks_request_reply(socks_reply(why)), why);
  }
  const Result<> told = co_await client->write(socks_request_reply(0), after(session.options.idle_timeout));
  if (!told) co_return;
  const net::StreamPtr sandbox_side = net::make_prefixed_stream(std::move(bytes), std::move(client));
  co_await session.splice(*sandbox_side, **server);
}

}  // namespace cus::egress
