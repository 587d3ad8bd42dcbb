// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>

#include "commands.hpp"
#include "cus/net/http.hpp"

namespace cus::app {
namespace {

constexpr auto limit = std::chrono::seconds(5);

Task<Result<int>> status(std::uint16_t port) {
  const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::address_v4::loopback(), port);
  Result<net::StreamPtr> stream = co_await net::connect_tcp(endpoint, after(limit));
  if (!stream) co_return std::unexpected(stream.error());
  net::HttpConnection connection(std::move(*stream));
  net::Headers headers;
  headers.set("Host", "localhost");
  headers.set("Connection", "close");
  const Result<> sent =
      co_await connection.write(net::format_request("GET", "/health", headers), after(limit));
  if (!sent) co_return std::unexpected(sent.error());
  const Result<net::ResponseHead> head = co_await connection.read_response(after(limit));
  if (!head) co_return std::unexpected(head.error());
  co_return head->status;
}

}  // namespace

int run_healthcheck(const config::Config& config) {
  boost::asio::io_context loop;
  Result<int> answer = fail(Code::internal, "no answer");
  boost::asio::co_spawn(loop, status(config.port),
                        [&](const std::exception_ptr&, Result<int> got) { answer = got; });
  loop.run();
  if (answer && *answer == 200) return 0;
  fmt::print(stderr, "not healthy: {}\n",
             answer ? fmt::format("status {}", *answer) : answer.error().message);
  return 1;
}

}  // namespace cus::app
