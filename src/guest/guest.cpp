// SPDX-License-Identifier: Apache-2.0
#include "cus/guest/guest.hpp"

#include <nlohmann/json.hpp>

#include "cus/guest/protocol.hpp"
#include "job_codec.hpp"

namespace cus::guest {
namespace {

struct Call {
  std::string_view method;
  std::string target;
  std::string body;
  std::string_view upgrade;  // empty: a plain request
};

struct Answer {
  net::ResponseHead head;
  net::HttpConnection connection;
};

// Sends the request and reads the answer's head. A connection may have died while it idled, so one that fails
// before it answers is replaced once; starting a job twice is safe, since a known id only attaches.
Task<Result<Answer>> send(GuestDialer& dialer, const Call& call, Deadline deadline) {
  net::Headers headers;
  headers.set("Host", "guest");
  if (!call.upgrade.empty()) {
    headers.set("Connection", "Upgrade");
    headers.set("Upgrade", std::string(call.upgrade));
  }
  if (call.method != "GET") headers.set("Content-Length", std::to_string(call.body.size()));
  const std::string request = net::format_request(call.method, call.target, headers) + call.body;
  for (int attempt = 0;; ++attempt) {
    Result<net::HttpConnection> connection = co_await dialer.take(deadline);
    if (!connection) co_return std::unexpected(connection.error());
    Result<> sent = co_await connection->write(request, deadline);
    Result<net::ResponseHead> head = fail(Code::io, "");
    if (sent) head = co_await connection->read_response(deadline);
    if (head) co_return Answer{std::move(*head), std::move(*connection)};
    Error& error = sent ? head.error() : sent.error();
    if (attempt > 0 || error.code == Code::timed_out) co_return std::unexpected(std::move(error));
  }
}

Task<Result<net::HttpConnection>> send_upgrade(GuestDialer& dialer, const Call& call, Deadline deadline) {
  Result<Answer> answer = co_await send(dialer, call, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->head.upgraded) co_return std::move(answer->connection);
  const Result<std::string> body = co_await answer->connection.read_body(max_json_answer_bytes, deadline);
  if (!body) co_return std::unexpected(body.error());
  dialer.give_back(std::move(answer->connection));
  co_return std::unexpected(decode_error(answer->head.status, *body));
}

Task<Result<std::string>> send_plain(GuestDialer& dialer, const Call& call, Deadline deadline) {
  Result<Answer> answer = co_await send(dialer, call, deadline);
  if (!answer) co_return std::unexpected(answer.error());
  Result<std::string> body = co_await answer->connection.read_body(max_json_answer_bytes, deadline);
  if (!body) co_return std::unexpected(body.error());
  const int status = answer->head.status;
  dialer.give_back(std::move(answer->connection));
  if (status >= 300) co_return std::unexpected(decode_error(status, *body));
  co_return std::move(*body);
}

std::string job_path(const JobId& id) {
  return std::string(path_jobs) + "/" + id.str();
}

}  // namespace

Task<Result<JobStream>> Guest::start(JobSpec spec, Deadline deadline) {
  const Call call{
      .method = "POST", .target = std::string(path_jobs), .body = encode_spec(spec), .upgrade = upgrade_job};
  Result<net::HttpConnection> connection = co_await send_upgrade(dialer_, call, deadline);
  if (!connection) co_return std::unexpected(connection.error());
  co_return JobStream(dialer_, spec.id, std::move(*connection));
}

Task<Result<JobStream>> Guest::attach(JobId id, std::uint64_t offset, Deadline deadline) {
  const Call call{.method = "GET",
                  .target = job_path(id) + "?offset=" + std::to_string(offset),
                  .body = {},
                  .upgrade = upgrade_job};
  Result<net::HttpConnection> connection = co_await send_upgrade(dialer_, call, deadline);
  if (!connection) co_return std::unexpected(connection.error());
  co_return JobStream(dialer_, id, std::move(*connection));
}

Task<Result<std::vector<JobStatus>>> Guest::jobs(Deadline deadline) {
  const Call call{.method = "GET", .target = std::string(path_jobs), .body = {}, .upgrade = {}};
  const Result<std::string> body = co_await send_plain(dialer_, call, deadline);
  if (!body) co_return std::unexpected(body.error());
  const Result<Json> json = parse_json(*body, 16);
  if (!json) co_return std::unexpected(json.error());
  std::vector<JobStatus> jobs;
  const Json* list = get_member(*json, "jobs");
  if (list == nullptr || !list->is_array())
    co_return fail(Code::protocol, "The sandbox's job list is not valid.");
  for (const Json& item : *list) {
    if (jobs.size() == max_running_jobs + max_kept_jobs) break;
    Result<JobStatus> status = decode_status(item);
    if (!status) co_return std::unexpected(status.error());
    jobs.push_back(std::move(*status));
  }
  co_return jobs;
}

Task<Result<>> Guest::kill(JobId id, std::string why, Deadline deadline) {
  const Call call{.method = "POST",
                  .target = job_path(id) + "/kill",
                  .body = dump_json(Json{{"why", why}}),
                  .upgrade = {}};
  const Result<std::string> body = co_await send_plain(dialer_, call, deadline);
  if (!body) co_return std::unexpected(body.error());
  co_return Result<>{};
}

Task<Result<>> Guest::forget(JobId id, Deadline deadline) {
  const Call call{.method = "DELETE", .target = job_path(id), .body = {}, .upgrade = {}};
  const Result<std::string> body = co_await send_plain(dialer_, call, deadline);
  if (!body) co_return std::unexpected(body.error());
  co_return Result<>{};
}

Task<Result<net::StreamPtr>> Guest::tunnel(std::uint16_t port, Deadline deadline) {
  const Call call{.method = "POST",
                  .target = std::string(path_tunnel),
                  .body = dump_json(Json{{"port", port}}),
                  .upgrade = upgrade_tunnel};
  Result<net::HttpConnection> connection = co_await send_upgrade(dialer_, call, deadline);
  if (!connection) co_return std::unexpected(connection.error());
  auto [stream, rest] = connection->release();
  co_return net::make_prefixed_stream(std::move(rest), std::move(stream));
}

Task<Result<Json>> Guest::status(Deadline deadline) {
  const Call call{.method = "GET", .target = std::string(path_status), .body = {}, .upgrade = {}};
  const Result<std::string> body = co_await send_plain(dialer_, call, deadline);
  if (!body) co_return std::unexpected(body.error());
  co_return parse_json(*body, 16);
}

}  // namespace cus::guest
