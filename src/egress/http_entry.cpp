// SPDX-License-Identifier: Apache-2.0
#include "egress/exchange.hpp"
#include "egress/hop_headers.hpp"
#include "egress/session.hpp"

namespace cus::egress {
namespace {

constexpr std::uint32_t max_head_bytes = 64 * 1024;
constexpr std::string_view established = "HTTP/1.1 200 Connection established\r\n\r\n";

std::optional<Refusal> check(const net::RequestHead& head) {
  const auto bad = [](std::string text) {
    return Refusal{.why = Outcome::bad_request, .text = std::move(text)};
  };
  if (head.version != 10 && head.version != 11) return bad("The proxy speaks HTTP/1.1.");
  const std::size_t hosts = head.headers.count("Host");
  const bool connect = head.method == "CONNECT";
  if (hosts > 1 || (hosts == 0 && head.version == 11 && !connect)) {
    return bad("A request carries exactly one Host header.");
  }
  if (connect && request_framing(head) != Framing::none) return bad("CONNECT carries no body.");
  return std::nullopt;
}

// The next request, or nothing when the connection has ended or was answered.
Task<std::optional<net::RequestHead>> next_request(Session& session, net::HttpConnection& client) {
  const Result<bool> begun = co_await client.wait_readable(
      session.denied ? session.request_deadline() : after(session.options.idle_timeout));
  if (!begun || !*begun) {
    if (begun && session.requests == 0) session.outcome = Outcome::idle;
    co_return std::nullopt;
  }
  auto head = co_await client.read_request(session.request_deadline());
  if (head && !*head) co_return std::nullopt;
  std::optional<Refusal> why;
  if (head) {
    why = check(**head);
  } else if (head.error().code == Code::too_large) {
    why = Refusal{.why = Outcome::head_too_large, .text = "The head of the request is larger than 64 KiB."};
  } else if (head.error().code == Code::protocol) {
    why = Refusal{.why = Outcome::bad_request, .text = "This is not a valid HTTP/1.1 request."};
  } else {
    session.outcome = head.error().code == Code::timed_out ? Outcome::idle : Outcome::broken;
    co_return std::nullopt;
  }
  if (!why) co_return std::move(*head);
  co_await refuse(session, client, head ? &**head : nullptr, std::move(*why));
  co_return std::nullopt;
}

// Both sides have left HTTP: bytes, as they come, beginning with what was read too far.
Task<> leave_http(Session& session, net::HttpConnection& client, net::HttpConnection& server) {
  auto [client_stream, client_rest] = client.release();
  auto [server_stream, server_rest] = server.release();
  const net::StreamPtr a = net::make_prefixed_stream(std::move(client_rest), std::move(client_stream));
  const net::StreamPtr b = net::make_prefixed_stream(std::move(server_rest), std::move(server_stream));
  co_await session.splice(*a, *b);
}

Task<> tunnel(Session& session, net::HttpConnection& client, const net::RequestHead& head) {
  auto to = parse_authority(head.target, std::nullopt);
  if (!to) {
    co_return co_await refuse(
        session, client, &head,
        {.why = Outcome::bad_request, .text = "CONNECT takes host:port, with a port from 1 to 65535."});
  }
  auto stream = co_await session.dial(std::move(*to));
  if (!stream) co_return co_await refuse(session, client, &head, std::move(stream.error()));
  net::HttpConnection server(std::move(*stream));
  const Result<> told = co_await client.write(established, after(session.options.idle_timeout));
  if (told) co_await leave_http(session, client, server);
}

// Whether the client's connection can take another request.
Task<bool> forward(Session& session, net::HttpConnection& client, const net::RequestHead& head) {
  auto target = parse_absolute(head.target);
  if (!target) {
    co_await refuse(session, client, &head, {.why = Outcome::bad_request, .text = target.error().message});
    co_return false;
  }
  auto stream = co_await session.dial(target->to);
  if (!stream) {
    co_await refuse(session, client, &head, std::move(stream.error()));
    co_return false;
  }
  net::HttpConnection server(std::move(*stream), {.head_bytes = max_head_bytes});
  const After then = co_await exchange(session, client, server, head, *target);
  if (then == After::switched) co_await leave_http(session, client, server);
  co_return then == After::next_request;
}

}  // namespace

Task<> serve_http(Session& session, net::StreamPtr stream) {
  net::HttpConnection client(std::move(stream), {.head_bytes = max_head_bytes});
  for (;;) {
    const std::optional<net::RequestHead> head = co_await next_request(session, client);
    if (!head) co_return;
    if (head->method == "CONNECT") co_return co_await tunnel(session, client, *head);
    const bool more = co_await forward(session, client, *head);
    if (!more) co_return;
  }
}

}  // namespace cus::egress
