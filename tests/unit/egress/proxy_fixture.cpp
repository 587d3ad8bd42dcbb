// SPDX-License-Identifier: Apache-2.0
#include "egress/proxy_fixture.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace cus::egress {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

Deadline soon() {
  return after(std::chrono::seconds(15));
}

Task<> answer_once(net::StreamPtr stream, std::shared_ptr<Seen> seen, std::string answer) {
  net::HttpConnection connection(std::move(stream), {.head_bytes = 64 * 1024});
  const auto head = co_await connection.read_request(soon());
  if (!head || !*head) co_return;
  seen->requests.push_back(net::format_request((*head)->method, (*head)->target, (*head)->headers));
  const auto body = co_await connection.read_body(64U << 20U, soon());
  seen->bodies += body.value_or("(broken)");
  const Result<> sent = co_await connection.write(answer, soon());
  if (sent) connection.stream().shutdown_send();
}

Task<> describe_all(net::StreamPtr stream, std::shared_ptr<Seen> seen) {
  net::HttpConnection connection(std::move(stream), {.head_bytes = 64 * 1024});
  for (;;) {
    const auto head = co_await connection.read_request(soon());
    if (!head || !*head) co_return;
    seen->requests.push_back(net::format_request((*head)->method, (*head)->target, (*head)->headers));
    const auto body = co_await connection.read_body(64U << 20U, soon());
    if (!body) co_return;
    seen->bodies += *body;
    const std::string text = (*head)->method + " " + (*head)->target + " " + std::to_string(body->size());
    const net::Headers headers{.fields = {{"Content-Length", std::to_string(text.size())}}};
    const bool bare = (*head)->method == "HEAD";
    const Result<> sent =
        co_await connection.write(net::format_response(200, headers) + (bare ? "" : text), soon());
    if (!sent || !(*head)->keep_alive) co_return;
  }
}

Task<> echo(net::StreamPtr stream, std::shared_ptr<Seen> seen) {
  std::array<char, 16 * 1024> piece;
  std::string all;
  for (;;) {
    const auto got = co_await stream->read_some(piece, soon());
    if (!got || *got == 0) break;
    all.append(piece.data(), *got);
    const Result<> sent = co_await stream->write({piece.data(), *got}, soon());
    if (!sent) break;
  }
  seen->requests.push_back(all);
  const Result<> sent = co_await stream->write("bye", soon());
  if (sent) stream->shutdown_send();
}

Task<> say_nothing(net::StreamPtr stream, std::shared_ptr<Seen>) {
  std::array<char, 4096> piece;
  for (;;) {
    const auto got = co_await stream->read_some(piece, soon());
    if (!got || *got == 0) co_return;
  }
}

Task<Result<std::string>> read_some(net::Stream& stream) {
  std::string piece(64 * 1024, '\0');
  const auto got = co_await stream.read_some(piece, soon());
  if (!got) co_return std::unexpected(got.error());
  piece.resize(*got);
  co_return piece;
}

}  // namespace

struct Origin::Listener {
  explicit Listener(asio::io_context& loop)
      : acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}
  tcp::acceptor acceptor;

  static Task<> accept(std::shared_ptr<Listener> self, Handler handler, std::shared_ptr<Seen> seen) {
    for (;;) {
      auto [error, socket] = co_await self->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (error) co_return;
      ++seen->connections;
      spawn(self->acceptor.get_executor(), "origin", handler(net::make_stream(std::move(socket)), seen));
    }
  }
};

Origin::Origin(asio::io_context& loop, Handler handler)
    : listener_(std::make_shared<Listener>(loop)), seen_(std::make_shared<Seen>()) {
  spawn(loop.get_executor(), "origin.accept", Listener::accept(listener_, std::move(handler), seen_));
}
Origin::~Origin() {
  listener_->acceptor.close();
}
std::uint16_t Origin::port() const {
  return listener_->acceptor.local_endpoint().port();
}
std::string Origin::at(std::string_view path) const {
  return "127.0.0.1:" + std::to_string(port()) + std::string(path);
}

Handler answering(std::string answer) {
  return [answer = std::move(answer)](net::StreamPtr stream, std::shared_ptr<Seen> seen) {
    return answer_once(std::move(stream), std::move(seen), answer);
  };
}
Handler describing() {
  return &describe_all;
}
Handler echoing() {
  return &echo;
}
Handler silent() {
  return &say_nothing;
}

void Client::send(std::string_view bytes) {
  const Result<> sent = test::run_task(loop_, stream_->write(bytes, soon()));
  EXPECT_TRUE(sent.has_value());
}

std::string Client::read_to_end() {
  for (;;) {
    const auto piece = test::run_task(loop_, read_some(*stream_));
    if (!piece || piece->empty()) return std::exchange(buffer_, {});
    buffer_ += *piece;
  }
}

std::string Client::read_exactly(std::size_t size) {
  while (buffer_.size() < size) {
    const auto piece = test::run_task(loop_, read_some(*stream_));
    if (!piece || piece->empty()) break;
    buffer_ += *piece;
  }
  std::string result = buffer_.substr(0, size);
  buffer_.erase(0, result.size());
  return result;
}

std::string Client::read_until(std::string_view mark) {
  while (!buffer_.contains(mark)) {
    const auto piece = test::run_task(loop_, read_some(*stream_));
    if (!piece || piece->empty()) return std::exchange(buffer_, {});
    buffer_ += *piece;
  }
  return read_exactly(buffer_.find(mark) + mark.size());
}

Options EgressTest::open_loopback() {
  Options options;
  options.allow_private = {{.network = "127.0.0.1/32", .port = 0}};
  return options;
}

Client EgressTest::connect(Entry entry, const std::string& sandbox) {
  asio::local::stream_protocol::socket ours(loop_);
  asio::local::stream_protocol::socket theirs(loop_);
  asio::local::connect_pair(ours, theirs);
  spawn(loop_.get_executor(), "egress",
        egress_->serve(StorageId(sandbox), entry, net::make_stream(std::move(theirs))));
  return {loop_, net::make_stream(std::move(ours))};
}

std::string EgressTest::ask(std::string_view bytes, Entry entry) {
  Client client = connect(entry);
  client.send(bytes);
  return client.read_to_end();
}

void EgressTest::run_until(const std::function<bool()>& condition) {
  const Deadline deadline = soon();
  loop_.restart();
  while (!condition() && Clock::now() < deadline) {
    if (loop_.run_one_for(std::chrono::milliseconds(50)) == 0) loop_.restart();
  }
  EXPECT_TRUE(condition());
}

// Whatever happened, every connection gives its place back.
void EgressTest::TearDown() {
  egress_->close_all();
  run_until([this] { return egress_->open_connections() == 0; });
}

}  // namespace cus::egress
