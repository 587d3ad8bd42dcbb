// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>

#include "cus/base/log.hpp"
#include "cus/web/responses.hpp"

namespace cus::web {
namespace {

namespace asio = boost::asio;

constexpr std::size_t linger_bytes = 262'144;

// Enters a connection into the server's books for as long as it lives.
class Registration {
 public:
  Registration(ServerState& server, net::Stream& stream, std::string source)
      : server_(server), source_(std::move(source)) {
    entry.stream = &stream;
    server_.connections.insert(&entry);
    ++server_.per_source[source_];
    server_.no_connections.reset();
  }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;
  ~Registration() {
    server_.connections.erase(&entry);
    const auto count = server_.per_source.find(source_);
    if (--count->second == 0) server_.per_source.erase(count);
    if (server_.connections.empty()) server_.no_connections.set();
  }

  ServerState::Connection entry;

 private:
  ServerState& server_;
  std::string source_;
};

class InProgress {
 public:
  InProgress(ServerState& server, ServerState::Connection& entry, HttpExchange& exchange)
      : server_(server), entry_(entry) {
    entry_.exchange = &exchange;
    ++server_.requests;
    ++server_.counters.requests;
  }
  InProgress(const InProgress&) = delete;
  InProgress& operator=(const InProgress&) = delete;
  ~InProgress() {
    entry_.exchange = nullptr;
    --server_.requests;
  }

 private:
  ServerState& server_;
  ServerState::Connection& entry_;
};

void log_request(const HttpExchange& exchange, Clock::time_point begun) {
  const Request& request = exchange.request();
  const int status = exchange.status();
  log::Level level = log::Level::info;
  if (status >= 400) level = log::Level::warn;
  if (status >= 500 && status != 503) level = log::Level::error;
  const std::chrono::duration<double, std::milli> taken = Clock::now() - begun;
  log::write(level, "http.request",
             {{"request_id", request.request_id},
              {"method", request.method},
              {"path", request.path},
              {"status", status},
              {"ms", taken.count()},
              {"bytes", exchange.bytes_sent()},
              {"tenant", request.tenant ? request.tenant->str() : std::string()},
              {"peer", request.peer},
              {"traceparent", request.traceparent}});
}

std::optional<Clock::duration> time_of(const HttpExchange& exchange, Clock::time_point begun) {
  if (!exchange.is_answer_timed()) return std::nullopt;
  return Clock::now() - begun;
}

// The fence of a request: what leaves a handler is a bug, costs one 500 and not the connection's neighbours.
Task<> run_handler(const Route& route, HttpExchange& exchange) {
  std::string what = "the handler did not answer";
  try {
    co_await route.handle(exchange);
    if (exchange.begun()) co_return;
  } catch (const std::exception& error) {
    what = error.what();
  }
  const Request& request = exchange.request();
  log::error("http.handler_failed",
             {{"request_id", request.request_id}, {"path", request.path}, {"what", what}});
  exchange.close_after();
  if (exchange.begun()) co_return;
  co_await exchange.respond(error_response(
      request.path, 500,
      "Something went wrong in the server; its log names this request id: " + request.request_id));
}

// The answer to bytes that are no request, or nothing when nobody listens any more.
std::optional<Response> answer_to(const Error& error, bool has_request_line) {
  if (error.code == Code::protocol) return error_response("", 400, error.message);
  if (error.code == Code::timed_out) return error_response("", 408, "The request head arrived too slowly.");
  if (error.code != Code::too_large) return std::nullopt;
  if (has_request_line) return error_response("", 431, "The request's headers are too large.");
  return error_response("", 414, "The request target is too long.");
}

// Closing with unread bytes would reset the connection and could destroy the answer on its way.
Task<> linger(net::HttpConnection& http, Clock::duration time) {
  if (http.message_done() && !http.has_buffered()) co_return;
  http.stream().shutdown_send();
  std::array<char, 4096> scrap;
  const Deadline deadline = after(time);
  std::size_t total = 0;
  while (total < linger_bytes) {
    const Result<std::size_t> got = co_await http.stream().read_some(scrap, deadline);
    if (!got || *got == 0) co_return;
    total += *got;
  }
}

Response shed_response(const Request& request, Shed why) {
  return why == Shed::server_full
             ? error_response(request.path, 503,
                              "The server is busy with other requests. Try again in a moment.")
             : error_response(request.path, 429,
                              "Too many requests with this key are in progress. Wait until some have ended.");
}

class Session {
 public:
  Session(ServerState& server, net::HttpConnection& http, ServerState::Connection& entry, std::string peer)
      : server_(server), http_(http), entry_(entry), peer_(std::move(peer)) {}

  // Returns true when the connection ends with an answer of ours, false when the peer left or was silent.
  Task<bool> run() {
    // The first head counts from accept, later ones from their first byte.
    Deadline head_deadline = after(server_.limits.head);
    Deadline wait = head_deadline;
    for (;;) {
      const Result<bool> ready = co_await http_.wait_readable(wait);
      if (!ready || !*ready) co_return false;
      if (head_deadline == no_deadline) head_deadline = after(server_.limits.head);
      Result<std::optional<net::RequestHead>> head = co_await http_.read_request(head_deadline);
      if (!head) co_return co_await refuse_bytes(head.error());
      if (!*head) co_return false;
      if (!co_await serve(**head)) co_return true;
      // Who sends many requests at once takes turns with everybody else.
      if (http_.has_buffered()) co_await asio::post(server_.executor, asio::use_awaitable);
      wait = after(server_.limits.idle);
      head_deadline = no_deadline;
    }
  }

 private:
  Task<bool> refuse_bytes(const Error& error) {
    std::optional<Response> response = answer_to(error, http_.has_request_line());
    if (!response) co_return false;
    const auto begun = Clock::now();
    HttpExchange exchange(http_, server_.limits, server_.totals, {},
                          Request{.method = {},
                                  .path = {},
                                  .query = {},
                                  .headers = {},
                                  .peer = peer_,
                                  .host = {},
                                  .request_id = random_hex(8),
                                  .traceparent = {},
                                  .tenant = std::nullopt},
                          {});
    const InProgress in_progress(server_, entry_, exchange);
    co_await exchange.respond(std::move(*response));
    server_.stats.count(nullptr, exchange.status(), time_of(exchange, begun));
    log_request(exchange, begun);
    co_return true;
  }

  // Whether the connection can carry another request.
  Task<bool> serve(net::RequestHead& head) {
    const auto begun = Clock::now();
    const HttpExchange::Wire wire{.version = head.version,
                                  .keep_alive = head.keep_alive,
                                  .chunked = head.chunked,
                                  .expects_continue = head.expects_continue && head.version >= 11,
                                  .content_length = head.content_length};
    Verdict verdict =
        server_.gate.judge(head, peer_, server_.draining ? Phase::draining : Phase::serving, begun);
    HttpExchange exchange(http_, server_.limits, server_.totals, wire, std::move(verdict.request),
                          std::move(verdict.extra));
    const InProgress in_progress(server_, entry_, exchange);
    if (verdict.close) exchange.close_after();
    if (!verdict.refusal && !verdict.route->always) {
      auto slot = server_.load.enter(exchange.request().tenant);
      if (slot) {
        exchange.occupy(std::move(*slot));
      } else {
        verdict.refusal = shed_response(exchange.request(), slot.error());
      }
    }
    if (verdict.refusal) {
      co_await exchange.respond(std::move(*verdict.refusal));
    } else {
      co_await run_handler(*verdict.route, exchange);
    }
    co_await exchange.finish();
    server_.stats.count(verdict.asked, exchange.status(), time_of(exchange, begun));
    log_request(exchange, begun);
    co_return exchange.reusable();
  }

  ServerState& server_;
  net::HttpConnection& http_;
  ServerState::Connection& entry_;
  std::string peer_;
};

}  // namespace

Task<> serve_connection(std::shared_ptr<ServerState> server, net::StreamPtr stream, std::string peer) {
  if (server->stopping) co_return;
  const net::HttpLimits http_limits{.head_bytes = server->limits.head_bytes,
                                    .body_bytes = server->limits.body_bytes};
  Registration registration(*server, *stream, auth::source_of(peer));
  net::HttpConnection http(std::move(stream), http_limits);
  Session session(*server, http, registration.entry, std::move(peer));
  if (co_await session.run()) co_await linger(http, server->limits.linger);
}

bool has_room(const ServerState& server, std::string_view peer, const std::string& source) {
  if (server.connections.size() >= server.limits.connections) return false;
  if (server.gate.trusts(peer)) return true;
  const auto count = server.per_source.find(source);
  return count == server.per_source.end() || count->second < server.limits.connections_per_source;
}

}  // namespace cus::web
