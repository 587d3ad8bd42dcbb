// SPDX-License-Identifier: Apache-2.0
#include "engine/stub_engine.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <map>

#include "cus/base/spawn.hpp"
#include "cus/net/http.hpp"

namespace cus::test {

namespace asio = boost::asio;
using asio::local::stream_protocol;

Reply answer(int status, const std::string& body, const std::string& headers) {
  return {fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\n{}Content-Length: {}\r\n\r\n{}",
                      status, headers, body.size(), body)};
}

Reply silence() {
  return {{}, Reply::Way::never, Reply::Then::keep};
}

Reply hang_up(std::string bytes) {
  return {std::move(bytes), Reply::Way::whole, Reply::Then::close};
}

struct StubEngine::State {
  State(asio::io_context& loop, Handler h) : acceptor(loop), handler(std::move(h)) {}

  stream_protocol::acceptor acceptor;
  Handler handler;
  std::string directory;
  std::string socket_path;
  std::string oldest_api = "1.12";
  std::string newest_api = "1.41";
  std::string server = "Docker/20.10.24 (linux)";
  std::vector<Seen> seen;
  int connections = 0;
  std::map<int, net::HttpConnection*> open;

  Reply reply_to(const Seen& request) {
    if (auto reply = handler(request)) return *reply;
    const std::string headers = "Server: " + server + "\r\n";
    if (request.target.ends_with("/_ping")) return answer(200, "OK", headers);
    if (request.target.ends_with("/version")) {
      return answer(
          200,
          fmt::format(R"({{"Version":"20.10.24","ApiVersion":"{}","MinAPIVersion":"{}","Components":[]}})",
                      newest_api, oldest_api),
          headers);
    }
    return answer(404, R"({"message":"page not found"})", headers);
  }
};

namespace {

Task<> send_byte_by_byte(net::HttpConnection& http, std::string bytes) {
  for (const char& byte : bytes) {
    if (!co_await http.write(std::string_view(&byte, 1), no_deadline)) co_return;
    co_await asio::post(http.stream().executor(), asio::use_awaitable);
  }
}

template <class State>
Task<> serve(std::shared_ptr<State> state, stream_protocol::socket socket) {
  const int number = ++state->connections;
  net::HttpConnection http(net::make_stream(std::move(socket)));
  state->open[number] = &http;
  for (;;) {
    const auto head = co_await http.read_request(no_deadline);
    if (!head || !*head) break;
    const auto body = co_await http.read_body(1U << 20U, no_deadline);
    if (!body) break;
    state->seen.push_back({(*head)->method, (*head)->target, *body, number});
    const Reply reply = state->reply_to(state->seen.back());
    if (reply.way == Reply::Way::never) continue;
    if (reply.way == Reply::Way::byte_by_byte) {
      co_await send_byte_by_byte(http, reply.bytes);
    } else if (!co_await http.write(reply.bytes, no_deadline)) {
      break;
    }
    if (reply.then == Reply::Then::close) break;
  }
  state->open.erase(number);
}

template <class State>
Task<> accept_all(std::shared_ptr<State> state) {
  for (;;) {
    auto [error, socket] = co_await state->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    spawn(state->acceptor.get_executor(), "stub", serve(state, std::move(socket)));
  }
}

}  // namespace

StubEngine::StubEngine(asio::io_context& loop, Handler handler)
    : state_(std::make_shared<State>(loop, std::move(handler))) {
  std::string directory = (std::filesystem::temp_directory_path() / "cus-stub-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) throw std::runtime_error("mkdtemp");
  state_->directory = directory;
  state_->socket_path = directory + "/engine.sock";
  const stream_protocol::endpoint endpoint(state_->socket_path);
  state_->acceptor.open();
  state_->acceptor.bind(endpoint);
  state_->acceptor.listen();
  spawn(loop.get_executor(), "stub", accept_all(state_));
}

StubEngine::~StubEngine() {
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  std::error_code ignored_too;
  std::filesystem::remove_all(state_->directory, ignored_too);
}

engine::DockerOptions StubEngine::options() const {
  using std::chrono::milliseconds;
  engine::DockerOptions options;
  options.socket_path = state_->socket_path;
  options.data_root = "/data";
  options.mountinfo_path = state_->directory + "/mountinfo";
  options.deadlines = {.ping = milliseconds(150),
                       .read = milliseconds(300),
                       .create = milliseconds(600),
                       .start = milliseconds(600),
                       .stop_margin = milliseconds(600),
                       .remove = milliseconds(600),
                       .turn = milliseconds(600),
                       .silence = milliseconds(50)};
  return options;
}

const std::vector<Seen>& StubEngine::seen() const {
  return state_->seen;
}

std::size_t StubEngine::count(std::string_view method, std::string_view target_part) const {
  return static_cast<std::size_t>(std::ranges::count_if(state_->seen, [&](const Seen& one) {
    return one.method == method && one.target.contains(target_part);
  }));
}

void StubEngine::become(const std::string& oldest_api, const std::string& newest_api,
                        const std::string& server) {
  state_->oldest_api = oldest_api;
  state_->newest_api = newest_api;
  state_->server = server;
}

void StubEngine::close_idle_connections() {
  for (auto& [number, http] : state_->open) http->close();
}

}  // namespace cus::test
