// SPDX-License-Identifier: Apache-2.0
#include "control_server.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

#include "control_api.hpp"
#include "cus/base/event.hpp"
#include "cus/base/log.hpp"
#include "cus/base/spawn.hpp"
#include "cus/net/http.hpp"
#include "cus/net/status.hpp"
#include "exec_relay.hpp"

namespace cus::app {

namespace asio = boost::asio;

namespace {

constexpr auto head_limit = std::chrono::seconds(10);
constexpr int max_connections = 64;

std::string message(int status, const Json& body) {
  const std::string text = body.is_null() ? std::string() : dump_json(body);
  net::Headers headers;
  headers.set("Content-Type", "application/json");
  headers.set("Content-Length", std::to_string(text.size()));
  headers.set("Connection", "close");
  return net::format_response(status, headers) + text;
}

std::string message(const Error& error) {
  return message(net::status_of(error.code),
                 Json{{"error", code_name(error.code)}, {"message", error.message}});
}

Json to_json(const sandbox::Listed& item) {
  const auto used = std::chrono::duration_cast<std::chrono::seconds>(item.chat.last_used.time_since_epoch());
  return Json{{"tenant", item.chat.key.tenant.str()}, {"chat", item.chat.key.chat.str()},
              {"storage", item.chat.storage.str()},   {"state", engine::state_name(item.state)},
              {"connected", item.connected},          {"last_used", used.count()}};
}

}  // namespace

struct ControlServer::State : std::enable_shared_from_this<State> {
  State(const Executor& executor, sandbox::Registry& r, Doctor d)
      : registry(r), doctor(std::move(d)), acceptor(executor) {}

  sandbox::Registry& registry;
  Doctor doctor;
  asio::local::stream_protocol::acceptor acceptor;
  std::string path;
  int connections = 0;

  static Task<> accept_loop(std::shared_ptr<State> self);
  static Task<> serve(std::shared_ptr<State> self, net::StreamPtr stream);
  Task<Result<Json>> answer(const net::RequestHead& head, const std::string& body);
  Task<Result<Json>> list();
  Task<Result<Json>> remove(const std::string& body);
};

Task<> ControlServer::State::accept_loop(std::shared_ptr<State> self) {
  while (self->acceptor.is_open()) {
    auto [error, socket] = co_await self->acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (!self->acceptor.is_open()) co_return;
    if (error || self->connections >= max_connections) {
      co_await sleep_until(after(std::chrono::milliseconds(200)));
      continue;
    }
    spawn(self->acceptor.get_executor(), "control", serve(self, net::make_stream(std::move(socket))));
  }
}

Task<> ControlServer::State::serve(std::shared_ptr<State> self, net::StreamPtr stream) {
  ++self->connections;
  const std::shared_ptr<void> leave(nullptr, [self](void*) { --self->connections; });
  net::HttpConnection client(std::move(stream));
  const Result<std::optional<net::RequestHead>> head = co_await client.read_request(after(head_limit));
  if (!head || !head->has_value()) co_return;
  const Result<std::string> body = co_await client.read_body(max_control_body, after(head_limit));
  if (!body) co_return;
  if ((*head)->target == control_exec && (*head)->method == "POST") {
    const Result<ExecRequest> request = decode_exec(*body);
    Result<> relayed = request ? Result<>{} : std::unexpected(request.error());
    if (request) relayed = co_await relay_exec(self->registry, *request, client);
    if (!relayed) co_await client.write(message(relayed.error()), after(head_limit));
    co_return;
  }
  const Result<Json> result = co_await self->answer(**head, *body);
  co_await client.write(result ? message(200, *result) : message(result.error()), after(head_limit));
}

Task<Result<Json>> ControlServer::State::answer(const net::RequestHead& head, const std::string& body) {
  if (head.method == "GET" && head.target == control_sandboxes) co_return co_await list();
  if (head.method == "GET" && head.target == control_doctor) co_return co_await doctor();
  if (head.method == "POST" && head.target == control_remove) co_return co_await remove(body);
  co_return fail(Code::not_found,
                 "No such control request: the command and the server are of different versions.");
}

Task<Result<Json>> ControlServer::State::list() {
  const Result<std::vector<sandbox::Listed>> listed = co_await registry.list();
  if (!listed) co_return std::unexpected(listed.error());
  Json items = Json::array();
  for (const sandbox::Listed& item : *listed) items.push_back(to_json(item));
  co_return Json{{"sandboxes", std::move(items)}};
}

Task<Result<Json>> ControlServer::State::remove(const std::string& body) {
  const Result<Json> json = parse_json(body);
  if (!json) co_return std::unexpected(json.error());
  const Result<ChatKey> key = decode_key(*json);
  if (!key) co_return std::unexpected(key.error());
  using Remove = sandbox::Registry::Remove;
  const bool files = get_bool(*json, "files").value_or(false);
  const Result<> removed =
      co_await registry.remove(*key, files ? Remove::sandbox_and_files : Remove::sandbox);
  if (!removed) co_return std::unexpected(removed.error());
  co_return Json::object();
}

ControlServer::ControlServer(Executor executor, sandbox::Registry& registry, Doctor doctor)
    : state_(std::make_shared<State>(executor, registry, std::move(doctor))) {}

ControlServer::~ControlServer() {
  close();
}

Result<> ControlServer::listen(const std::string& path) {
  ::unlink(path.c_str());
  boost::system::error_code error;
  const mode_t mask = ::umask(0177);  // the socket is never open to others, not even between bind and chmod
  state_->acceptor.open(asio::local::stream_protocol(), error);
  if (!error) state_->acceptor.bind(asio::local::stream_protocol::endpoint(path), error);
  ::umask(mask);
  if (!error) state_->acceptor.listen(16, error);
  if (error) return fail(Code::io, "The control socket could not be made.", path + ": " + error.message());
  state_->path = path;
  spawn(state_->acceptor.get_executor(), "control.accept", State::accept_loop(state_));
  return {};
}

void ControlServer::close() {
  if (!state_->acceptor.is_open()) return;
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  ::unlink(state_->path.c_str());
}

}  // namespace cus::app
