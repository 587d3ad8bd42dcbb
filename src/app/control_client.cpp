// SPDX-License-Identifier: Apache-2.0
#include "control_client.hpp"

#include <nlohmann/json.hpp>

#include "cus/guest/protocol.hpp"

namespace cus::app {
namespace {

constexpr auto connect_limit = std::chrono::seconds(2);
constexpr auto answer_limit = std::chrono::seconds(120);  // a sandbox may have to be made first
constexpr std::size_t max_answer = 16U << 20U;

// A relayed job's connection is used up with the job.
class NoPool final : public guest::GuestDialer {
 public:
  explicit NoPool(Executor executor) : executor_(std::move(executor)) {}
  Task<Result<net::HttpConnection>> take(Deadline) override {
    co_return fail(Code::unavailable, "No connection.");
  }
  void give_back(net::HttpConnection connection) override { connection.close(); }
  Executor executor() override { return executor_; }

 private:
  Executor executor_;
};

Error decode_error(std::string_view body) {
  const Result<Json> json = parse_json(body);
  Error error{Code::unavailable, "The server refused the request.", {}};
  if (!json) return error;
  error.message = get_string(*json, "message").value_or(error.message);
  return error;
}

}  // namespace

Task<bool> ControlClient::server_runs() {
  const Result<net::StreamPtr> stream = co_await net::connect_unix(socket_path_, after(connect_limit));
  co_return stream.has_value();
}

Task<Result<ControlClient::Answer>> ControlClient::send(std::string_view method, std::string_view path,
                                                        std::string body, Deadline deadline) {
  Result<net::StreamPtr> stream = co_await net::connect_unix(socket_path_, after(connect_limit));
  if (!stream) co_return std::unexpected(stream.error());
  net::HttpConnection connection(std::move(*stream));
  net::Headers headers;
  headers.set("Host", "control");
  headers.set("Content-Length", std::to_string(body.size()));
  if (path == control_exec) {
    headers.set("Connection", "Upgrade");
    headers.set("Upgrade", std::string(guest::upgrade_job));
  }
  const std::string request = net::format_request(method, path, headers) + body;
  if (const Result<> sent = co_await connection.write(request, deadline); !sent)
    co_return std::unexpected(sent.error());
  const Result<net::ResponseHead> head = co_await connection.read_response(deadline);
  if (!head) co_return std::unexpected(head.error());
  co_return Answer{.status = head->status, .connection = std::move(connection)};
}

Task<Result<Json>> ControlClient::ask(std::string_view method, std::string_view path, std::string body,
                                      Deadline deadline) {
  Result<Answer> answer = co_await send(method, path, std::move(body), deadline);
  if (!answer) co_return std::unexpected(answer.error());
  const Result<std::string> text = co_await answer->connection.read_body(max_answer, deadline);
  if (!text) co_return std::unexpected(text.error());
  if (answer->status != 200) co_return std::unexpected(decode_error(*text));
  co_return parse_json(*text, max_json_depth, max_json_list_values);
}

Task<Result<guest::JobStream>> ControlClient::exec(const ExecRequest& request) {
  Result<Answer> answer = co_await send("POST", control_exec, encode_exec(request), after(answer_limit));
  if (!answer) co_return std::unexpected(answer.error());
  if (answer->status != 101) {
    const Result<std::string> text = co_await answer->connection.read_body(max_answer, after(connect_limit));
    if (!text) co_return std::unexpected(text.error());
    co_return std::unexpected(decode_error(*text));
  }
  pool_ = std::make_unique<NoPool>(answer->connection.stream().executor());
  co_return guest::JobStream(*pool_, request.job, std::move(answer->connection));
}

Task<Result<Json>> ControlClient::sandboxes() {
  return ask("GET", control_sandboxes, {}, after(answer_limit));
}

Task<Result<>> ControlClient::remove(const ChatKey& key, bool files) {
  const std::string body =
      dump_json(Json{{"tenant", key.tenant.str()}, {"chat", key.chat.str()}, {"files", files}});
  const Result<Json> removed = co_await ask("POST", control_remove, body, after(answer_limit));
  if (!removed) co_return std::unexpected(removed.error());
  co_return Result<>{};
}

Task<Result<Json>> ControlClient::doctor() {
  return ask("GET", control_doctor, {}, after(answer_limit));
}

}  // namespace cus::app
