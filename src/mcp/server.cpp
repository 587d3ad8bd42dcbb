// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp/server.hpp"

#include <algorithm>

#include "era_choice.hpp"
#include "json_rpc.hpp"
#include "legacy_era.hpp"
#include "modern_era.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

// Parsing this much takes a millisecond; more is done elsewhere.
constexpr std::size_t large_body = 128UL * 1024;

Posted refused(const Json& id, int code, std::string_view message) {
  return {.reply = {.status = 400, .message = error_text(id, code, message)}};
}

Options with_changes(Options options) {
  if (!options.changes) options.changes = std::make_shared<Changes>();
  options.changes->limit({.per_tenant = options.max_listeners_per_tenant, .all = options.max_listeners});
  return options;
}

Task<Result<Json>> parse(std::string body, BlockingPool* pool) {
  if (pool == nullptr || body.size() < large_body) co_return parse_json(body);
  co_return co_await pool->run([body = std::move(body)] { return parse_json(body); });
}

}  // namespace

Reply refuse(int status, std::string_view message) {
  return {.status = status, .message = error_text(nullptr, rpc::invalid_request, message)};
}

struct Server::Impl {
  Impl(Executor executor, sandbox::Computers& computers, Options o, std::vector<tools::Tool> t)
      : options(with_changes(std::move(o))),
        tools(std::move(t)),
        methods(options, tools),
        runner(std::move(executor), computers, options),
        legacy(runner, methods, options, tools, *options.changes),
        modern(runner, methods, options, tools, *options.changes) {}

  Task<Posted> post_array(Head head, Json batch, tools::Caller caller) {
    if (std::ranges::any_of(batch, claims_modern_era) ||
        !allows_batches(head.version.value_or(headerless_version))) {
      co_return refused(nullptr, rpc::invalid_request,
                        "Only protocol version 2025-03-26 knows arrays of messages: send one message.");
    }
    co_return co_await legacy.post_batch(head, std::move(batch), std::move(caller));
  }

  // initialize is how a version is agreed on: whatever its header says is no reason to refuse it.
  static bool speaks(const Head& head, const Message& message) {
    return !head.version || is_legacy(*head.version) || message.method == "initialize";
  }

  Options options;
  std::vector<tools::Tool> tools;
  Methods methods;
  CallRunner runner;
  LegacyEra legacy;
  ModernEra modern;
  bool closing = false;
};

Server::Server(Executor executor, sandbox::Computers& computers, const Options& options)
    : Server(std::move(executor), computers, options, tools::all_tools(options.tools)) {}
Server::Server(Executor executor, sandbox::Computers& computers, Options options,
               std::vector<tools::Tool> tools)
    : impl_(std::make_unique<Impl>(std::move(executor), computers, std::move(options), std::move(tools))) {}
Server::~Server() = default;

Task<Posted> Server::post(Head head, std::string body, tools::Caller caller) {
  if (head.version && head.version->empty()) head.version.reset();
  Result<Json> value = co_await parse(std::move(body), impl_->options.pool);
  if (!value) co_return refused(nullptr, rpc::parse_error, value.error().message);
  if (value->is_array()) co_return co_await impl_->post_array(head, std::move(*value), std::move(caller));
  Result<Message> message = read_message(std::move(*value));
  if (!message) co_return refused(nullptr, rpc::invalid_request, message.error().message);
  const auto era = choose_era(*message, head.version);
  if (!era) co_return Posted{.reply = error_reply(message->id, era.error())};
  if (*era == Era::modern) {
    co_return co_await impl_->modern.post(head, std::move(*message), std::move(caller));
  }
  if (!head.repeated.empty()) {
    co_return refused(message->id, rpc::invalid_request,
                      "The header " + std::string(head.repeated) + " must be sent only once.");
  }
  if (!Impl::speaks(head, *message)) {
    co_return refused(message->id, rpc::invalid_request, unsupported_text(*head.version));
  }
  co_return co_await impl_->legacy.post(head, std::move(*message), std::move(caller));
}

Opened Server::open_stream(const Head& head, const tools::Caller& caller, std::string_view last_event) {
  if (impl_->closing) return {.refusal = refuse(503, "The server is stopping. Try again in a moment.")};
  return impl_->legacy.open_stream(head, caller, last_event);
}

Reply Server::end_session(const Head& head, const tools::Caller& caller) {
  return impl_->legacy.end_session(head, caller);
}

Changes& Server::changes() {
  return *impl_->options.changes;
}

Counts Server::counts() const {
  return {.running_calls = impl_->runner.calls().size(),
          .sessions = impl_->legacy.sessions().size(),
          .listeners = impl_->options.changes->size()};
}

void Server::end_streams() {
  impl_->closing = true;
  impl_->options.changes->limit({.per_tenant = 0, .all = 0});
  impl_->options.changes->end_all();
}

void Server::cancel_all() {
  impl_->runner.calls().cancel_all();
}

const std::vector<tools::Tool>& Server::tools() const {
  return impl_->tools;
}

const Options& Server::options() const {
  return impl_->options;
}

}  // namespace cus::mcp
