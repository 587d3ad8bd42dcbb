// SPDX-License-Identifier: Apache-2.0
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "accept_errors.hpp"
#include "connection.hpp"
#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/web/server.hpp"
#include "server_metrics.hpp"

namespace cus::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int backlog = 4096;
constexpr auto pause_without_descriptors = std::chrono::milliseconds(100);
constexpr auto grace_after_close = std::chrono::seconds(1);

// A client that vanished is noticed within a minute when it is owed something, else in two; at most 128 KiB
// of an answer wait in the kernel. Connections that idle end before they would be probed: thousands of probes
// due at the same moment overflow the kernel's queue, and living peers would be taken for dead. An option
// that is refused costs nothing but its benefit.
void set_options(tcp::socket& socket) {
  const auto set = [&](int level, int name, int value) {
    (void)::setsockopt(socket.native_handle(), level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 90);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 45'000);
  set(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 128 * 1024);
}

// Best effort, without waiting: the connection is over a cap.
void turn_away(tcp::socket& socket) {
  constexpr std::string_view answer =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Type: application/json\r\n"
      "Content-Length: 34\r\nConnection: close\r\n\r\n{\"detail\":\"Too many connections.\"}";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(answer.data(), answer.size()), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void admit(const std::shared_ptr<ServerState>& server, tcp::socket socket, const tcp::endpoint& from) {
  const std::string peer = from.address().to_string();
  if (!has_room(*server, peer, auth::source_of(peer))) {
    ++server->counters.refused;
    turn_away(socket);
    return;
  }
  ++server->counters.accepted;
  set_options(socket);
  spawn(server->executor, "http.connection",
        serve_connection(server, net::make_stream(std::move(socket)), peer));
}

Task<> accept_loop(std::shared_ptr<ServerState> server) {
  AcceptErrors errors;
  while (server->acceptor.is_open()) {
    tcp::endpoint from;
    auto [error, socket] = co_await server->acceptor.async_accept(from, asio::as_tuple(asio::use_awaitable));
    if (!error) {
      admit(server, std::move(socket), from);
      continue;
    }
    const AcceptAction action = errors.judge(error);
    if (action == AcceptAction::stop) co_return;
    ++server->counters.accept_errors;
    if (errors.should_log(Clock::now())) {
      log::error("http.accept_failed", {{"cause", error.message()}, {"suppressed", errors.suppressed()}});
    }
    if (action == AcceptAction::pause) co_await sleep_until(after(pause_without_descriptors));
  }
}

error_code open_acceptor(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(backlog, error);
  return error;
}

Error listen_error(const error_code& error, const std::string& where) {
  const std::string cause = "listen " + where + ": " + error.message();
  if (error == asio::error::address_in_use) {
    return {Code::conflict,
            "Something else listens on " + where +
                " already. Stop it, or choose another port with MCP_PORT or --port.",
            cause};
  }
  if (error == asio::error::access_denied) {
    return {Code::forbidden,
            "This user may not listen on " + where + ". Choose a port above 1023 with MCP_PORT.", cause};
  }
  return {Code::io,
          "Cannot listen on " + where + ". Check LISTEN_ADDRESS: it must be an address of this machine.",
          cause};
}

}  // namespace

struct Server::Impl {
  std::shared_ptr<ServerState> state;
};

Server::Server(const Executor& executor, Routes routes, ServerOptions options)
    : impl_(std::make_unique<Impl>(
          std::make_shared<ServerState>(executor, std::move(routes), std::move(options)))) {}

Server::~Server() {
  drain();
}

Result<std::uint16_t> Server::listen() {
  ServerState& state = *impl_->state;
  error_code error;
  const asio::ip::address address = asio::ip::make_address(state.address, error);
  if (error) {
    return fail(Code::invalid_argument,
                "LISTEN_ADDRESS must be an IP address such as 127.0.0.1, 0.0.0.0 or ::1.", state.address);
  }
  if (!address.is_loopback() && !state.gate.has_keys()) {
    return fail(Code::invalid_argument,
                "Without an API key the server listens on loopback only. Set MCP_API_KEY or MCP_API_KEYS.");
  }
  const tcp::endpoint endpoint(address, state.port);
  error = open_acceptor(state.acceptor, endpoint);
  if (!error) return state.acceptor.local_endpoint().port();
  error_code ignored;
  state.acceptor.close(ignored);
  const std::string host = address.is_v6() ? "[" + state.address + "]" : state.address;
  return std::unexpected(listen_error(error, host + ":" + std::to_string(state.port)));
}

Task<> Server::run() {
  return accept_loop(impl_->state);
}

void Server::drain() {
  impl_->state->draining = true;
  error_code ignored;
  impl_->state->acceptor.close(ignored);
}

Task<> Server::stop(Deadline deadline) {
  drain();
  const std::shared_ptr<ServerState> state = impl_->state;
  state->stopping = true;
  for (ServerState::Connection* connection : state->connections) {
    if (connection->exchange != nullptr) {
      connection->exchange->interrupt();
    } else {
      connection->stream->close();
    }
  }
  if (state->connections.empty() || co_await state->no_connections.wait(deadline)) co_return;
  log::warn("http.stop_deadline", {{"connections", state->connections.size()}});
  for (ServerState::Connection* connection : state->connections) connection->stream->close();
  co_await state->no_connections.wait(after(grace_after_close));
}

std::size_t Server::connections() const {
  return impl_->state->connections.size();
}

std::size_t Server::requests_in_progress() const {
  return impl_->state->requests - impl_->state->totals.websockets;
}

std::size_t Server::websockets() const {
  return impl_->state->totals.websockets;
}

const ServerCounters& Server::counters() const {
  return impl_->state->counters;
}

void Server::write_metrics(MetricWriter& writer) const {
  write_server_metrics(*impl_->state, writer);
}

}  // namespace cus::web
