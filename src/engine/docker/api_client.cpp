// SPDX-License-Identifier: Apache-2.0
#include "engine/docker/api_client.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cus/base/log.hpp"

namespace cus::engine {
namespace {

std::string head_of(const Call& call, const std::string& target) {
  net::Headers headers;
  headers.set("Host", "docker");
  headers.set("User-Agent", "computer-use-server");
  if (!call.body.empty()) headers.set("Content-Type", "application/json");
  if (call.method == "POST") headers.set("Content-Length", std::to_string(call.body.size()));
  return net::format_request(call.method, target, headers);
}

std::unexpected<Error> no_answer(const std::string& target, const Error& error) {
  if (error.code == Code::too_large) return bad_answer(target, error.message);
  return fail(Code::engine_unavailable, "The container engine does not answer. Try again in a moment.",
              fmt::format("{}: {} {} {}", target, code_name(error.code), error.message, error.cause));
}

// What the engine says before it looks at a call of a version it does not speak.
bool refuses_version(const Answer& answer) {
  return answer.status == 400 && engine_words(answer).contains("client version");
}

}  // namespace

struct ApiClient::Attempt {
  Result<Answer> answer;
  bool stale = false;  // on a kept connection, and the engine had probably given it up
  bool slow = false;   // no answer in time, but the engine is alive
};

ApiClient::ApiClient(Executor executor, const DockerOptions& options)
    : options_(options),
      pool_(options.socket_path),
      calls_(std::move(executor), std::max<std::size_t>(options.max_calls, 1), options.max_waiting),
      breaker_(options.breaker, 2 * options.deadlines.ping) {}

Task<Result<Answer>> ApiClient::call(Call call) {
  const Result<Gate::Slot> slot = co_await turn(call.length, call.time);
  if (!slot) co_return std::unexpected(slot.error());
  if (const Result<> admitted = co_await admit(); !admitted) co_return std::unexpected(admitted.error());
  const Deadline deadline = after(call.time);
  for (bool again = false;; again = true) {
    if (!version_) {
      const Result<EngineInfo> negotiated = co_await negotiate(deadline);
      if (!negotiated) co_return std::unexpected(negotiated.error());
    }
    const std::string target = fmt::format("/v{}{}", to_string(*version_), call.path);
    Result<Answer> answer = co_await exchange(call, target, deadline);
    if (!answer) co_return answer;
    breaker_.succeeded();
    if (again || !refuses_version(*answer)) co_return answer;
    version_.reset();
  }
}

Task<Result<>> ApiClient::ping() {
  const Result<Gate::Slot> slot = co_await turn(Length::brief, options_.deadlines.ping);
  if (!slot) co_return std::unexpected(slot.error());
  if (breaker_.admit(Clock::now()) == Breaker::Admission::refuse) {
    co_return no_answer("/_ping", {Code::unavailable, "resting after failures", {}});
  }
  const Call call = get("/_ping", options_.deadlines.ping);
  const Result<Answer> answer = co_await exchange(call, call.path, after(call.time));
  if (!answer) co_return std::unexpected(answer.error());
  breaker_.succeeded();
  if (answer->status != 200) co_return engine_error("ping", *answer);
  co_return Result<>{};
}

Task<Result<EngineInfo>> ApiClient::info() {
  const Result<Gate::Slot> slot = co_await turn(Length::brief, options_.deadlines.read);
  if (!slot) co_return std::unexpected(slot.error());
  if (const Result<> admitted = co_await admit(); !admitted) co_return std::unexpected(admitted.error());
  Result<EngineInfo> info = co_await negotiate(after(options_.deadlines.read));
  if (info) breaker_.succeeded();
  co_return info;
}

Task<Result<Gate::Slot>> ApiClient::turn(Length length, std::chrono::milliseconds time) {
  return calls_.enter(after(length == Length::lengthy ? options_.deadlines.turn : time));
}

// While the breaker is open a ping goes first, so that a long call never is the probe.
Task<Result<>> ApiClient::admit() {
  const Breaker::Admission admission = breaker_.admit(Clock::now());
  if (admission == Breaker::Admission::pass) co_return Result<>{};
  if (admission == Breaker::Admission::refuse) {
    co_return no_answer("call", {Code::unavailable, "resting after failures", {}});
  }
  const Call call = get("/_ping", options_.deadlines.ping);
  const Result<Answer> answer = co_await exchange(call, call.path, after(call.time));
  if (!answer) co_return std::unexpected(answer.error());
  breaker_.succeeded();
  co_return Result<>{};
}

Task<Result<EngineInfo>> ApiClient::negotiate(Deadline deadline) {
  const Call call = get("/version", options_.deadlines.read);
  const Result<Answer> answer = co_await exchange(call, call.path, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 200) co_return engine_error("version", *answer);
  Result<EngineInfo> info = parse_engine_info(answer->body);
  if (!info) co_return info;
  const Result<ApiVersion> chosen = choose_api_version(info->oldest_api, info->newest_api);
  if (!chosen) co_return std::unexpected(chosen.error());
  version_ = *chosen;
  co_return info;
}

Task<Result<Answer>> ApiClient::exchange(const Call& call, const std::string& target, Deadline deadline) {
  Attempt attempted = co_await attempt(call, target, call.reuse, deadline);
  if (attempted.stale) {
    pool_.clear();
    attempted = co_await attempt(call, target, Reuse::never, deadline);
  }
  if (attempted.answer) co_return std::move(attempted.answer);
  const Error& error = attempted.answer.error();
  if (error.code != Code::too_large && error.code != Code::cancelled && !attempted.slow) {
    // Whoever answers next may be another engine.
    version_.reset();
    pool_.clear();
    breaker_.failed(Clock::now());
  }
  log::failure(log::Level::warn, "engine.no_answer", error, {{"call", call.method + " " + target}});
  co_return no_answer(target, error);
}

Task<ApiClient::Attempt> ApiClient::attempt(const Call& call, const std::string& target, Reuse reuse,
                                            Deadline deadline) {
  Result<Connection> connection = co_await pool_.take(reuse, deadline);
  if (!connection) co_return Attempt{std::unexpected(connection.error())};
  const bool kept = connection->kept;
  net::HttpConnection& http = connection->http;
  const Result<> sent = co_await http.write(head_of(call, target) + call.body, deadline);
  if (!sent) co_return Attempt{std::unexpected(sent.error()), kept && sent.error().code == Code::io};
  if (call.length == Length::lengthy) {
    const Result<> begun = co_await await_answer(http.stream(), deadline);
    if (!begun)
      co_return Attempt{std::unexpected(begun.error()), false, begun.error().code == Code::timed_out};
  }
  const Result<net::ResponseHead> head = co_await http.read_response(deadline);
  if (!head) co_return Attempt{std::unexpected(head.error()), kept && head.error().code == Code::io};
  if (head->status < 200) {
    co_return Attempt{fail(Code::protocol, "The engine answered a plain call with an upgrade.")};
  }
  Result<std::string> body =
      co_await http.read_body(std::min(call.max_answer, options_.max_answer), deadline);
  if (!body) co_return Attempt{std::unexpected(body.error())};
  note_server(*head);
  if (head->keep_alive) pool_.give_back(std::move(http));
  co_return Attempt{Answer{head->status, std::move(*body)}};
}

// Code::timed_out when the engine lives but is slow, Code::unavailable when it has stopped answering at all.
Task<Result<>> ApiClient::await_answer(net::Stream& stream, Deadline deadline) {
  while (Clock::now() < deadline) {
    const Result<bool> readable =
        co_await stream.wait_readable(std::min(deadline, after(options_.deadlines.silence)));
    if (!readable) co_return std::unexpected(readable.error());
    if (*readable) co_return Result<>{};
    if (Clock::now() < deadline && !co_await alive()) {
      co_return fail(Code::unavailable, "The engine stopped answering during a call.");
    }
  }
  co_return fail(Code::timed_out, "The engine took too long.");
}

Task<bool> ApiClient::alive() {
  const Call call = get("/_ping", options_.deadlines.ping);
  for (int i = 0; i < 2; ++i) {
    const Attempt answered = co_await attempt(call, call.path, Reuse::never, after(call.time));
    if (answered.answer) co_return true;
    breaker_.failed(Clock::now());
  }
  co_return false;
}

void ApiClient::note_server(const net::ResponseHead& head) {
  const auto header = head.headers.find("Server");
  if (!header) return;
  std::string server = printable(*header);
  if (server == server_) return;
  server_ = std::move(server);
  version_.reset();
}

}  // namespace cus::engine
