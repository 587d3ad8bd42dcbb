// SPDX-License-Identifier: Apache-2.0
#include "dialer.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "cus/base/json.hpp"
#include "cus/guest/protocol.hpp"
#include "launch.hpp"

namespace cus::guest_agent {
namespace {

constexpr auto hello_limit = std::chrono::milliseconds(guest::hello_deadline_ms);
constexpr auto first_pause = std::chrono::milliseconds(guest::redial_first_ms);
constexpr auto last_pause = std::chrono::milliseconds(guest::redial_last_ms);
// A control connection that ends sooner does not count as a success: the pause goes on growing.
constexpr auto settled = std::chrono::milliseconds(500);
constexpr std::size_t most_control_line = 1024;

}  // namespace

Dialer::Dialer(Executor executor, std::string socket_path, const Identity& identity, Token token,
               Service& service)
    : executor_(std::move(executor)),
      socket_path_(std::move(socket_path)),
      identity_(identity),
      token_(std::move(token)),
      service_(service),
      connected_(executor_) {}

Task<> Dialer::run() {
  auto pause = first_pause;
  for (;;) {
    auto control = co_await dial({.kind = guest::kind_control, .via = {}}, after(hello_limit));
    if (control) {
      const Deadline begun = Clock::now();
      connected_.set();
      keep_spare();
      co_await obey(std::move(*control));
      connected_.reset();
      close_work();
      if (Clock::now() - begun > settled) pause = first_pause;
    }
    co_await sleep_until(after(pause));
    pause = std::min(pause * 2, last_pause);
  }
}

Task<Result<net::StreamPtr>> Dialer::dial_egress(std::string_view via, Deadline deadline) {
  if (!co_await connected_.wait(deadline)) co_return fail(Code::unavailable, "The server is not there.");
  auto connection = co_await dial({.kind = guest::kind_egress, .via = via}, deadline);
  if (!connection) co_return std::unexpected(connection.error());
  co_return net::make_prefixed_stream(std::move(connection->already_read), std::move(connection->stream));
}

Task<Result<Dialer::Connection>> Dialer::dial(HelloKind kind, Deadline deadline) {
  auto stream = co_await net::connect_unix(socket_path_, deadline);
  if (!stream) co_return std::unexpected(stream.error());
  const Result<> said = co_await say_hello(**stream, kind, deadline);
  if (!said) co_return std::unexpected(said.error());
  if (const auto work = std::exchange(meanwhile_, nullptr)) work();
  const Result<SecretPage> page = SecretPage::make();
  if (!page) co_return std::unexpected(page.error());
  auto rest = co_await read_answer(**stream, page->bytes(), deadline);
  if (!rest) co_return std::unexpected(rest.error());
  co_return Connection{.stream = std::move(*stream), .already_read = std::move(*rest)};
}

Task<Result<>> Dialer::say_hello(net::Stream& stream, HelloKind kind, Deadline deadline) {
  const Result<SecretPage> page = SecretPage::make();
  if (!page) co_return std::unexpected(page.error());
  const Result<std::string_view> line = compose_hello(page->bytes(), identity_, kind, token_.hex());
  if (!line) co_return std::unexpected(line.error());
  co_return co_await stream.write(*line, deadline);
}

// Reads the answer and returns what came after it.
Task<Result<std::string>> Dialer::read_answer(net::Stream& stream, std::span<char> into, Deadline deadline) {
  std::size_t size = 0;
  std::span<char> line;
  while (line.empty()) {
    if (size >= guest::max_hello_answer_bytes)
      co_return fail(Code::protocol, "The answer to hello is too long.");
    const auto room = into.subspan(size, guest::max_hello_answer_bytes - size);
    const Result<std::size_t> got = co_await stream.read_some(room, deadline);
    if (!got) co_return std::unexpected(got.error());
    if (*got == 0) co_return fail(Code::io, "The server closed the connection.");
    size += *got;
    const auto end = std::ranges::find(into.first(size), '\n');
    if (end != into.first(size).end()) line = into.first(static_cast<std::size_t>(end - into.begin()) + 1);
  }
  const Result<> read = read_hello_answer(line.first(line.size() - 1), token_);
  if (!read) co_return std::unexpected(read.error());
  const auto rest = into.first(size).subspan(line.size());
  co_return std::string(rest.begin(), rest.end());
}

Task<> Dialer::obey(Connection control) {
  std::string lines = std::move(control.already_read);
  std::array<char, most_control_line> chunk;
  for (;;) {
    for (std::size_t end = 0; (end = lines.find('\n')) != std::string::npos; lines.erase(0, end + 1)) {
      obey_line(std::string_view(lines).substr(0, end));
    }
    if (lines.size() > most_control_line) co_return;
    const Result<std::size_t> got = co_await control.stream->read_some(chunk, no_deadline);
    if (!got || *got == 0) co_return;
    lines.append(chunk.data(), *got);
  }
}

void Dialer::obey_line(std::string_view line) {
  const Result<Json> order = parse_json(line);
  if (!order) return;
  add_work(get_int(*order, "dial").value_or(0));
}

void Dialer::keep_spare() {
  add_work(guest::idle_work_connections - idle_);
}

void Dialer::add_work(std::int64_t count) {
  count = std::min<std::int64_t>(count, guest::max_work_connections - dialled_);
  for (; count > 0; --count) {
    ++dialled_;
    ++idle_;
    launch(executor_, work());
  }
}

Task<> Dialer::work() {
  bool idle = true;
  auto connection = co_await dial({.kind = guest::kind_work, .via = {}}, after(hello_limit));
  if (connection) {
    net::Stream* stream = connection->stream.get();
    work_.insert(stream);
    const auto report = [this, &idle](WorkState state) {
      if (idle == (state == WorkState::idle)) return;
      idle = !idle;
      idle_ += idle ? 1 : -1;
      if (!idle && connected_.is_set()) keep_spare();
    };
    co_await service_.serve(std::move(connection->stream), std::move(connection->already_read), report);
    work_.erase(stream);
  } else {
    co_await sleep_until(after(last_pause));
  }
  --dialled_;
  if (idle) --idle_;
  if (connected_.is_set()) keep_spare();
}

void Dialer::close_work() {
  for (net::Stream* stream : work_) stream->close();
}

}  // namespace cus::guest_agent
