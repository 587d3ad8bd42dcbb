// SPDX-License-Identifier: Apache-2.0
#include "service.hpp"

#include <malloc.h>

#include <nlohmann/json.hpp>

#include "job_session.hpp"
#include "job_spec.hpp"
#include "reply.hpp"

namespace cus::guest_agent {
namespace {

constexpr auto head_limit = std::chrono::seconds(10);
constexpr auto body_limit = std::chrono::seconds(60);
constexpr auto write_limit = std::chrono::seconds(30);
constexpr auto connect_limit = std::chrono::seconds(5);
// The server closes what it no longer wants; this only clears what it lost.
constexpr auto tunnel_idle = std::chrono::hours(24);
constexpr std::size_t large_body_bytes = 256UL * 1024;
constexpr std::size_t most_why_bytes = 100;

using Next = std::optional<net::HttpConnection>;

Task<Next> reply(net::HttpConnection connection, std::string text) {
  const Result<> sent = co_await connection.write(text, after(write_limit));
  if (!sent) co_return std::nullopt;
  co_return std::move(connection);
}

bool wants_upgrade(const net::RequestHead& head, std::string_view protocol) {
  return head.upgrade && head.headers.has_token("Upgrade", protocol);
}

Error needs_upgrade(std::string_view protocol) {
  return {Code::unsupported, "This request needs the header Upgrade: " + std::string(protocol) + ".", {}};
}

Error no_such_job() {
  return {Code::not_found, "There is no such job.", {}};
}

}  // namespace

Service::Service(const Identity& identity, JobTable& jobs, const OomCounter& oom)
    : identity_(identity), jobs_(jobs), oom_(oom) {}

Task<> Service::serve(net::StreamPtr stream, std::string already_read, WorkReport report) {
  Next connection(net::HttpConnection(std::move(stream), std::move(already_read)));
  while (connection) {
    if (!connection->has_buffered()) {
      const Result<bool> readable = co_await connection->stream().wait_readable(no_deadline);
      if (!readable) co_return;
    }
    auto head = co_await connection->read_request(after(head_limit));
    if (!head || !*head) co_return;
    report(WorkState::busy);
    auto body = co_await connection->read_body(guest::max_request_bytes, after(body_limit));
    if (!body) {
      co_await connection->write(error_reply(body.error()), after(write_limit));
      co_return;
    }
    const bool large = body->size() > large_body_bytes;
    auto target = parse_target((*head)->target);
    if (!target) {
      connection = co_await reply(std::move(*connection),
                                  error_reply({Code::not_found, "There is no such path.", {}}));
    } else {
      connection =
          co_await answer(std::move(*connection), {std::move(**head), std::move(*target), std::move(*body)});
    }
    if (large) static_cast<void>(::malloc_trim(0));
    if (connection) report(WorkState::idle);
  }
}

Task<Next> Service::answer(net::HttpConnection connection, Request request) {
  const std::string& method = request.head.method;
  if (request.target.kind == Target::Kind::jobs && method == "POST") {
    return start_job(std::move(connection), std::move(request));
  }
  if (request.target.kind == Target::Kind::job && method == "GET") {
    return attach(std::move(connection), std::move(request));
  }
  if (request.target.kind == Target::Kind::tunnel && method == "POST") {
    return open_tunnel(std::move(connection), std::move(request));
  }
  return reply(std::move(connection), answer_plain(request));
}

std::string Service::answer_plain(const Request& request) {
  const std::string& method = request.head.method;
  switch (request.target.kind) {
    case Target::Kind::status:
      if (method == "GET") return json_reply(200, status());
      break;
    case Target::Kind::jobs:
      if (method == "GET") return json_reply(200, jobs_.to_json());
      break;
    case Target::Kind::kill:
      if (method == "POST") return kill_job(request);
      break;
    case Target::Kind::job:
      if (method == "DELETE") return forget_job(request);
      break;
    case Target::Kind::tunnel:
      break;
  }
  return json_reply(405,
                    {{"error", code_name(Code::unsupported)}, {"message", "The path has no such method."}});
}

std::string Service::kill_job(const Request& request) {
  const auto job = jobs_.find(request.target.job);
  if (!job) return error_reply(no_such_job());
  const Result<Json> order = parse_json(request.body);
  std::string why = order ? get_string(*order, "why").value_or("") : std::string();
  if (why.empty()) why = "killed";
  job->kill(why.substr(0, most_why_bytes), std::chrono::milliseconds(guest::kill_grace_ms));
  return empty_reply(202);
}

std::string Service::forget_job(const Request& request) {
  const Result<> forgotten = jobs_.forget(request.target.job);
  return forgotten ? empty_reply(204) : error_reply(forgotten.error());
}

Json Service::status() const {
  const auto uptime = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - started_);
  return {{"boot", identity_.boot},
          {"build", identity_.build},
          {"uptime_ms", uptime.count()},
          {"jobs", jobs_.count()},
          {"oom_kills", oom_.read()}};
}

Task<Next> Service::start_job(net::HttpConnection connection, Request request) {
  if (!wants_upgrade(request.head, guest::upgrade_job)) {
    co_return co_await reply(std::move(connection), error_reply(needs_upgrade(guest::upgrade_job)));
  }
  Result<Json> body = parse_json(request.body);
  request.body = std::string();
  if (!body) co_return co_await reply(std::move(connection), error_reply(body.error()));
  Result<guest::JobSpec> spec = parse_job_spec(*body);
  body->clear();
  if (!spec) co_return co_await reply(std::move(connection), error_reply(spec.error()));
  const Wants wants{.offset = 0, .head = spec->want_head, .tail = spec->want_tail};
  auto job = co_await jobs_.start(std::move(*spec));
  if (!job) co_return co_await reply(std::move(connection), error_reply(job.error()));
  co_return co_await follow(std::move(connection), std::move(*job), wants);
}

Task<Next> Service::attach(net::HttpConnection connection, Request request) {
  auto job = jobs_.find(request.target.job);
  if (!job) co_return co_await reply(std::move(connection), error_reply(no_such_job()));
  if (!wants_upgrade(request.head, guest::upgrade_job)) {
    co_return co_await reply(std::move(connection), error_reply(needs_upgrade(guest::upgrade_job)));
  }
  co_return co_await follow(std::move(connection), std::move(job), request.target.wants);
}

Task<Next> Service::follow(net::HttpConnection connection, std::shared_ptr<Job> job, Wants wants) {
  const Result<> sent = co_await connection.write(upgrade_reply(guest::upgrade_job), after(write_limit));
  if (!sent) co_return std::nullopt;
  auto [stream, rest] = connection.release();
  std::optional<std::string> left;
  {
    JobSession session(*stream, std::move(rest), std::move(job), wants);
    left = co_await session.run();
  }
  if (!left) co_return std::nullopt;
  co_return net::HttpConnection(std::move(stream), std::move(*left));
}

Task<Next> Service::open_tunnel(net::HttpConnection connection, Request request) {
  if (!wants_upgrade(request.head, guest::upgrade_tunnel)) {
    co_return co_await reply(std::move(connection), error_reply(needs_upgrade(guest::upgrade_tunnel)));
  }
  const Result<Json> body = parse_json(request.body);
  const std::int64_t port = body ? get_int(*body, "port").value_or(0) : 0;
  if (port < 1 || port > 65535) {
    const Error error{Code::invalid_argument, "port must be a number from 1 to 65535.", {}};
    co_return co_await reply(std::move(connection), error_reply(error));
  }
  const boost::asio::ip::tcp::endpoint there(boost::asio::ip::address_v4::loopback(),
                                             static_cast<std::uint16_t>(port));
  auto inside = co_await net::connect_tcp(there, after(connect_limit));
  if (!inside) {
    const Error error{Code::unavailable, "Nothing listens on 127.0.0.1:" + std::to_string(port) + ".", {}};
    co_return co_await reply(std::move(connection), error_reply(error));
  }
  const Result<> sent = co_await connection.write(upgrade_reply(guest::upgrade_tunnel), after(write_limit));
  if (!sent) co_return std::nullopt;
  auto [stream, rest] = connection.release();
  const net::StreamPtr outside = net::make_prefixed_stream(std::move(rest), std::move(stream));
  co_await net::splice(*outside, **inside, tunnel_idle);
  co_return std::nullopt;
}

}  // namespace cus::guest_agent
