// SPDX-License-Identifier: Apache-2.0
#include "proxy_port.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "launch.hpp"

namespace cus::guest_agent {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto dial_limit = std::chrono::seconds(5);
constexpr auto accept_pause = std::chrono::milliseconds(100);
// The server has the shorter limits; this only clears what it lost.
constexpr auto idle_limit = std::chrono::hours(1);

Task<> hand_over(Dialer& dialer, net::StreamPtr client, std::string_view via, std::shared_ptr<int> open) {
  auto outside = co_await dialer.dial_egress(via, after(dial_limit));
  if (outside) co_await net::splice(*client, **outside, idle_limit);
  --*open;
}

bool listen_on(tcp::acceptor& acceptor, std::uint16_t port) {
  const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
  error_code error;
  acceptor.open(here.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(here, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) complain("a proxy port is not available", error.message().c_str());
  return !error;
}

}  // namespace

Task<> serve_proxy_port(Dialer& dialer, ProxyPort port, std::shared_ptr<int> open) {
  const Executor executor = co_await asio::this_coro::executor;
  tcp::acceptor acceptor(executor);
  if (!listen_on(acceptor, port.port)) co_return;
  for (;;) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) {
      co_await sleep_until(after(accept_pause));
    } else if (*open < guest::max_egress_connections) {
      ++*open;
      launch(executor, hand_over(dialer, net::make_stream(std::move(socket)), port.via, open));
    }
  }
}

}  // namespace cus::guest_agent
