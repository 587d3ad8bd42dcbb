// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp/server.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "json_rpc.hpp"
#include "legacy_era.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

constexpr std::size_t max_batch = 50;

// Why an array must not be handled; empty: it may.
std::string_view batch_problem(const Json& batch, std::string_view version) {
  if (!allows_batches(version)) return "Only protocol version 2025-03-26 knows arrays of messages.";
  if (batch.empty()) return "An array of messages must not be empty.";
  if (batch.size() > max_batch) return "An array may hold at most 50 messages.";
  const auto is_initialize = [](const Json& element) {
    return get_string(element, "method") == "initialize";
  };
  if (std::ranges::any_of(batch, is_initialize)) return "initialize must be sent alone, not in an array.";
  return {};
}

Reply bad_request(const Json& id, int code, std::string_view message) {
  return {.status = 400, .message = error_text(id, code, message)};
}

}  // namespace

Reply refuse(int status, std::string_view message) {
  return {.status = status, .message = error_text(nullptr, rpc::invalid_request, message)};
}

struct Server::Impl {
  Impl(Executor executor, sandbox::Computers& computers, Options o, std::vector<tools::Tool> t)
      : options(std::move(o)), tools(std::move(t)), legacy(std::move(executor), computers, options, tools) {}

  Task<Reply> handle_array(Json batch, const tools::Caller& caller, const std::string& version,
                           MessageSink& sink) {
    const std::string_view problem = batch_problem(batch, version);
    if (!problem.empty()) co_return bad_request(nullptr, rpc::invalid_request, problem);
    co_return co_await legacy.handle_batch(std::move(batch), caller, sink);
  }

  Options options;
  std::vector<tools::Tool> tools;
  LegacyEra legacy;
};

Server::Server(Executor executor, sandbox::Computers& computers, Options options)
    : Server(std::move(executor), computers, options, tools::all_tools(options.tools)) {}
Server::Server(Executor executor, sandbox::Computers& computers, Options options,
               std::vector<tools::Tool> tools)
    : impl_(std::make_unique<Impl>(std::move(executor), computers, std::move(options), std::move(tools))) {}
Server::~Server() = default;

Task<Reply> Server::handle(std::string body, tools::Caller caller,
                           std::optional<std::string> protocol_version, MessageSink& sink) {
  Result<Json> value = parse_json(body);
  if (!value) co_return bad_request(nullptr, rpc::parse_error, value.error().message);
  body = {};
  const std::string version = protocol_version.value_or(std::string(headerless_version));
  if (value->is_array()) co_return co_await impl_->handle_array(std::move(*value), caller, version, sink);
  Result<Message> message = read_message(std::move(*value));
  if (!message) co_return bad_request(nullptr, rpc::invalid_request, message.error().message);
  // initialize is how a version is agreed on: whatever its header says is no reason to refuse it.
  if (message->method != "initialize" && !is_supported(version))
    co_return bad_request(message->id, rpc::invalid_request, unsupported_text(version));
  co_return co_await impl_->legacy.handle(std::move(*message), caller, sink);
}

std::size_t Server::running_calls() const {
  return impl_->legacy.calls().size();
}

void Server::cancel_all() {
  impl_->legacy.calls().cancel_all();
}

const std::vector<tools::Tool>& Server::tools() const {
  return impl_->tools;
}

const Options& Server::options() const {
  return impl_->options;
}

}  // namespace cus::mcp
