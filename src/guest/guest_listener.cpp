// SPDX-License-Identifier: Apache-2.0
#include "cus/guest/guest_listener.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <list>

#include "cus/base/event.hpp"
#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/guest/protocol.hpp"
#include "hello.hpp"
#include "line_reader.hpp"

namespace cus::guest {

namespace asio = boost::asio;
using Acceptor = asio::local::stream_protocol::acceptor;

namespace {

constexpr std::size_t max_pending_hellos = 32;
constexpr std::size_t max_idle_kept = 8;
constexpr auto write_limit = std::chrono::seconds(5);

}  // namespace

struct GuestListener::State : std::enable_shared_from_this<State> {
  State(Executor e, GuestListenerHooks h)
      : executor(std::move(e)),
        hooks(std::move(h)),
        acceptor(executor),
        connected(executor),
        idle_ready(executor) {}

  Executor executor;
  GuestListenerHooks hooks;
  Acceptor acceptor;
  std::string path;
  std::string token;
  bool awaiting_first = false;
  std::string boot;
  net::Stream* control = nullptr;  // owned by the task that reads it
  Event connected;
  Event idle_ready;
  std::deque<net::HttpConnection> idle;
  std::list<net::Stream*> pending;                            // hellos not yet read, oldest first
  std::shared_ptr<int> open_work = std::make_shared<int>(0);  // work connections, idle or in use

  Task<> accept_loop(std::shared_ptr<State> self);
  Task<> greet(std::shared_ptr<State> self, net::StreamPtr stream);
  void welcome(const Hello& hello, net::StreamPtr stream, std::string rest);
  Task<> serve_control(std::shared_ptr<State> self, net::StreamPtr stream, std::string hello_boot);
  Task<Result<std::optional<std::string>>> admit(const Hello& hello);
  void lose_guest();
};

namespace {

// Counts how many work connections of a sandbox are open, wherever they have been handed to.
class CountedStream final : public net::Stream {
 public:
  CountedStream(net::StreamPtr stream, std::shared_ptr<int> count)
      : stream_(std::move(stream)), count_(std::move(count)) {
    ++*count_;
  }
  CountedStream(const CountedStream&) = delete;
  CountedStream& operator=(const CountedStream&) = delete;
  ~CountedStream() override { --*count_; }
  Task<Result<std::size_t>> read_some(std::span<char> into, Deadline deadline) override {
    return stream_->read_some(into, deadline);
  }
  Task<Result<>> write(std::string_view data, Deadline deadline) override {
    return stream_->write(data, deadline);
  }
  Task<Result<bool>> wait_readable(Deadline deadline) override { return stream_->wait_readable(deadline); }
  void shutdown_send() override { stream_->shutdown_send(); }
  void close() override { stream_->close(); }
  Executor executor() override { return stream_->executor(); }

 private:
  net::StreamPtr stream_;
  std::shared_ptr<int> count_;
};

}  // namespace

Task<> GuestListener::State::accept_loop(std::shared_ptr<State> self) {
  while (self->acceptor.is_open()) {
    auto [error, socket] = co_await self->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!self->acceptor.is_open()) co_return;
    if (error) {
      // Out of descriptors or memory: waiting is all that helps.
      log::warn("guest.accept_failed", {{"error", error.message()}});
      co_await sleep_until(after(std::chrono::milliseconds(200)));
      continue;
    }
    net::StreamPtr stream = net::make_stream(std::move(socket));
    // The guest speaks at once, so a flood of silent connections only pushes out its own oldest.
    if (self->pending.size() >= max_pending_hellos) self->pending.front()->close();
    self->pending.push_back(stream.get());
    spawn(self->executor, "guest.greet", greet(self, std::move(stream)));
  }
}

// Whether this hello may come in; the token to hand out, if it is the first.
Task<Result<std::optional<std::string>>> GuestListener::State::admit(const Hello& hello) {
  if (hello.token) {
    if (token.empty() || !same_token(*hello.token, token))
      co_return fail(Code::forbidden, "The token is wrong.");
    if (hello.kind == kind_work && *open_work >= max_work_connections)
      co_return fail(Code::too_many, "Too many connections.");
    awaiting_first = false;
    co_return std::optional<std::string>();
  }
  if (!awaiting_first || hello.kind != kind_control) co_return fail(Code::forbidden, "A token is needed.");
  awaiting_first = false;
  co_return std::optional<std::string>(token);
}

Task<> GuestListener::State::greet(std::shared_ptr<State> self, net::StreamPtr stream) {
  std::string rest;
  const Deadline deadline = after(std::chrono::milliseconds(hello_deadline_ms));
  const Result<std::string> line = co_await read_line(*stream, max_hello_bytes, rest, deadline);
  std::erase(self->pending, stream.get());
  if (!line) co_return;
  const Result<Hello> hello = parse_hello(*line);
  if (!hello) {
    co_await stream->write(refuse_line(hello.error().message), deadline);
    co_return;
  }
  const Result<std::optional<std::string>> admitted = co_await self->admit(*hello);
  if (!admitted) {
    co_await stream->write(refuse_line(admitted.error().message), deadline);
    co_return;
  }
  const Result<> answered = co_await stream->write(accept_line(hello->version, *admitted), deadline);
  if (!answered || !self->acceptor.is_open()) co_return;
  self->welcome(*hello, std::move(stream), std::move(rest));
}

void GuestListener::State::welcome(const Hello& hello, net::StreamPtr stream, std::string rest) {
  if (hello.kind == kind_control) {
    spawn(executor, "guest.control", serve_control(shared_from_this(), std::move(stream), hello.boot));
    return;
  }
  if (hello.kind == kind_egress) {
    hooks.egress(hello.via, net::make_prefixed_stream(std::move(rest), std::move(stream)));
    return;
  }
  auto counted = std::make_unique<CountedStream>(std::move(stream), open_work);
  idle.emplace_back(std::move(counted), std::move(rest));
  if (idle.size() > max_idle_kept) idle.pop_front();
  idle_ready.set();
}

Task<> GuestListener::State::serve_control(std::shared_ptr<State> self, net::StreamPtr stream,
                                           std::string hello_boot) {
  if (self->control != nullptr) self->control->close();
  self->control = stream.get();
  self->boot = std::move(hello_boot);
  self->connected.set();
  std::array<char, 512> ignored{};
  for (;;) {
    const Result<std::size_t> got = co_await stream->read_some(ignored, no_deadline);
    if (!got || *got == 0) break;
  }
  if (self->control == stream.get()) self->lose_guest();
}

void GuestListener::State::lose_guest() {
  control = nullptr;
  connected.reset();
  idle.clear();
  idle_ready.reset();
  if (hooks.lost) hooks.lost();
}

GuestListener::GuestListener(Executor executor, GuestListenerHooks hooks)
    : state_(std::make_shared<State>(std::move(executor), std::move(hooks))) {}

GuestListener::~GuestListener() {
  state_->hooks.lost = nullptr;
  close();
}

Result<> GuestListener::listen(const std::string& path) {
  if (path.size() > 107)
    return fail(Code::invalid_argument, "The data root's path is too long for a socket.", path);
  ::unlink(path.c_str());
  boost::system::error_code error;
  state_->acceptor.close(error);
  state_->acceptor.open(asio::local::stream_protocol(), error);
  if (!error) state_->acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
  if (!error && ::chmod(path.c_str(), 0666) != 0) error.assign(errno, boost::system::system_category());
  if (!error) state_->acceptor.listen(128, error);
  if (error) return fail(Code::io, "The sandbox's socket could not be made.", path + ": " + error.message());
  state_->path = path;
  if (state_->control == nullptr) state_->connected.reset();
  spawn(state_->executor, "guest.accept", state_->accept_loop(state_));
  return {};
}

void GuestListener::close() {
  boost::system::error_code ignored;
  const bool was_open = state_->acceptor.is_open();
  state_->acceptor.close(ignored);
  if (was_open) ::unlink(state_->path.c_str());
  if (state_->control != nullptr) state_->control->close();
  for (net::Stream* stream : state_->pending) stream->close();
  state_->idle.clear();
  state_->connected.set();  // whoever waits for a guest waits in vain
}

void GuestListener::expect_token(std::string token) {
  state_->token = std::move(token);
  state_->awaiting_first = false;
}

void GuestListener::expect_first(std::string token) {
  if (state_->control != nullptr) {
    state_->control->close();
    state_->lose_guest();
  }
  state_->token = std::move(token);
  state_->awaiting_first = true;
}

bool GuestListener::connected() const {
  return state_->control != nullptr;
}

Task<bool> GuestListener::wait_connected(Deadline deadline) {
  const std::shared_ptr<State> state = state_;
  if (!state->acceptor.is_open()) co_return false;
  const bool woken = co_await state->connected.wait(deadline);
  co_return woken && state->control != nullptr;
}

const std::string& GuestListener::boot() const {
  return state_->boot;
}

Task<Result<net::HttpConnection>> GuestListener::take(Deadline deadline) {
  const std::shared_ptr<State> state = state_;
  bool asked = false;
  for (;;) {
    if (!state->idle.empty()) {
      net::HttpConnection connection = std::move(state->idle.front());
      state->idle.pop_front();
      co_return connection;
    }
    state->idle_ready.reset();
    if (!asked && state->control != nullptr) {
      asked = true;
      co_await state->control->write("{\"dial\":1}\n", after(write_limit));
      continue;
    }
    if (!co_await state->idle_ready.wait(deadline)) {
      co_return fail(Code::unavailable, "The sandbox does not answer. Try again.", "no work connection");
    }
  }
}

void GuestListener::give_back(net::HttpConnection connection) {
  if (state_->control == nullptr || state_->idle.size() >= max_idle_kept) return;
  state_->idle.push_back(std::move(connection));
  state_->idle_ready.set();
}

Executor GuestListener::executor() {
  return state_->executor;
}

}  // namespace cus::guest
