// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include "cus/base/spawn.hpp"

namespace cus::web {
namespace {

constexpr auto patience = std::chrono::seconds(10);

net::StreamPtr dial(boost::asio::io_context& loop, std::uint16_t port, Ending ending) {
  using boost::asio::ip::tcp;
  tcp::socket socket(loop);
  socket.connect({boost::asio::ip::address_v4::loopback(), port});
  if (ending == Ending::reset) socket.set_option(boost::asio::socket_base::linger(true, 0));
  return net::make_stream(std::move(socket));
}

Task<Result<Reply>> read_reply(net::HttpConnection& http, bool head_request) {
  const Result<net::ResponseHead> head = co_await http.read_response(after(patience), head_request);
  if (!head) co_return std::unexpected(head.error());
  const Result<std::string> body = co_await http.read_body(64U << 20U, after(patience));
  if (!body) co_return std::unexpected(body.error());
  co_return Reply{.status = head->status, .headers = head->headers, .body = *body};
}

Task<std::string> read_rest(net::Stream& stream) {
  std::string all;
  std::array<char, 4096> piece;
  for (;;) {
    const Result<std::size_t> got = co_await stream.read_some(piece, after(patience));
    if (!got && got.error().code == Code::timed_out)
      throw std::runtime_error("the connection was not closed");
    if (!got || *got == 0) co_return all;
    all.append(piece.data(), *got);
  }
}

}  // namespace

Client::Client(boost::asio::io_context& loop, std::uint16_t port, Ending ending)
    : loop_(loop), http_(dial(loop, port, ending)) {}

void Client::send(std::string_view bytes) {
  // A server that closes early makes this fail; the answer tells.
  (void)test::run_task(loop_, http_.write(bytes, after(patience)));
}

Reply Client::reply(std::string_view method) {
  Result<Reply> reply = test::run_task(loop_, read_reply(http_, method == "HEAD"));
  if (!reply) {
    ADD_FAILURE() << "no answer: " << reply.error().message << " " << reply.error().cause;
    return {};
  }
  return std::move(*reply);
}

std::string Client::rest() {
  return test::run_task(loop_, read_rest(http_.stream()));
}

ServerTest::~ServerTest() {
  if (server && !stopped) {
    co_spawn(loop, server->stop(after(std::chrono::seconds(1))), boost::asio::use_future);
    run_until([this] { return server->connections() == 0; });
  }
}

void ServerTest::route(std::string method, std::string path, std::function<Task<>(Exchange&)> handle,
                       RequiredAuth auth) {
  routes.push_back({.method = std::move(method),
                    .path = std::move(path),
                    .auth = auth,
                    .purpose = "test",
                    .handle = std::move(handle)});
}

void ServerTest::start() {
  options.port = 0;
  server = std::make_unique<Server>(loop.get_executor(), routes, std::move(options));
  const Result<std::uint16_t> listening = server->listen();
  ASSERT_TRUE(listening) << listening.error().message;
  port = *listening;
  spawn(loop.get_executor(), "accept", server->run());
}

void ServerTest::run_until(const std::function<bool()>& done) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  loop.restart();
  while (!done()) {
    if (loop.run_one_until(deadline) == 0) {
      ADD_FAILURE() << "it did not happen in time";
      return;
    }
  }
}

std::string ServerTest::request(std::string_view line, std::string_view more, std::string_view body) {
  std::string text = std::string(line) + " HTTP/1.1\r\nHost: localhost\r\n" + std::string(more);
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

Task<> say_path(Exchange& exchange) {
  co_await exchange.respond(text_response(200, exchange.request().path));
}

Task<> echo_body(Exchange& exchange) {
  Result<std::string> body = co_await exchange.read_body(1U << 20U);
  Response response =
      body ? text_response(200, std::move(*body)) : error_response(exchange.request().path, body.error());
  co_await exchange.respond(std::move(response));
}

auth::KeyRing one_key(const std::string& key) {
  auto keys = auth::KeyRing::parse({.single = key});
  if (!keys) throw std::runtime_error(keys.error().front());
  return *keys;
}

}  // namespace cus::web
