// SPDX-License-Identifier: Apache-2.0
#include "methods.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "content.hpp"
#include "cus/base/log.hpp"
#include "cus/base/utf8.hpp"
#include "tool_calls.hpp"

namespace cus::mcp {
namespace {

constexpr std::int64_t list_ttl_ms = 300'000;
constexpr std::size_t max_values = 100;

std::unexpected<RpcError> refuse_cursor() {
  return refuse_params("This cursor is not one of this server's: begin without one.");
}

std::string shown(std::string_view text) {
  return utf8::sanitize(utf8::prefix(text, 128));
}

Outcome one_page(const Json& params, const char* name, Json items) {
  if (!is_first_page(params)) return refuse_cursor();
  return Json{{name, std::move(items)}};
}

std::unexpected<RpcError> to_rpc(const Error& error, Json data) {
  if (error.code == Code::not_found || error.code == Code::invalid_argument) {
    return refuse_params(error.message, std::move(data));
  }
  log::failure(log::Level::error, "mcp.method_failed", error);
  return std::unexpected(RpcError{.code = rpc::internal_error, .message = error.message});
}

}  // namespace

Methods::Methods(const Options& options, const std::vector<tools::Tool>& tools)
    : options_(options), tool_list_(mcp::tool_list(tools, options.tools.structured_results)) {}

bool Methods::knows(std::string_view method) const {
  if (method == "tools/list") return true;
  if (method.starts_with("resources/")) {
    return options_.resources &&
           (method == "resources/list" || method == "resources/read" || method == "resources/templates/list");
  }
  return options_.prompts &&
         (method == "prompts/list" || method == "prompts/get" || method == "completion/complete");
}

Task<Outcome> Methods::answer(const std::string& method, const Json& params,
                              const tools::Caller& caller) const {
  if (method == "tools/list") {
    if (!is_first_page(params)) co_return refuse_cursor();
    co_return tool_list_;
  }
  if (method == "resources/list") co_return co_await list_resources(params, caller);
  if (method == "resources/read") co_return co_await read_resource(params, caller);
  if (method == "resources/templates/list") {
    co_return one_page(params, "resourceTemplates", options_.resources->templates());
  }
  if (method == "prompts/list") co_return one_page(params, "prompts", options_.prompts->list());
  if (method == "prompts/get") co_return get_prompt(params);
  co_return complete(params);
}

Task<Outcome> Methods::list_resources(const Json& params, const tools::Caller& caller) const {
  const Json* cursor = get_member(params, "cursor");
  if (cursor != nullptr && !cursor->is_null() && !cursor->is_string()) co_return refuse_cursor();
  Result<Page> page = co_await options_.resources->list(caller, get_string(params, "cursor").value_or(""));
  if (!page) co_return to_rpc(page.error(), nullptr);
  Json result = {{"resources", std::move(page->items)}};
  if (!page->next.empty()) result["nextCursor"] = page->next;
  co_return result;
}

Task<Outcome> Methods::read_resource(const Json& params, const tools::Caller& caller) const {
  const auto uri = get_string(params, "uri");
  if (!uri) co_return refuse_params(R"(resources/read needs the parameter "uri", a string.)");
  const Result<std::vector<tools::Embedded>> contents = co_await options_.resources->read(caller, *uri);
  if (!contents) co_return to_rpc(contents.error(), {{"uri", shown(*uri)}});
  Json list = Json::array();
  for (const tools::Embedded& part : *contents) list.push_back(contents_json(part));
  co_return Json{{"contents", std::move(list)}};
}

Outcome Methods::get_prompt(const Json& params) const {
  const auto name = get_string(params, "name");
  if (!name) return refuse_params(R"(prompts/get needs the parameter "name", a string.)");
  const Json* arguments = get_member(params, "arguments");
  const Result<Prompt> prompt =
      options_.prompts->get(*name, arguments == nullptr ? Json::object() : *arguments);
  if (!prompt) return to_rpc(prompt.error(), nullptr);
  Json messages = Json::array();
  for (const PromptMessage& message : prompt->messages) {
    messages.push_back({{"role", message.role}, {"content", content_json(message.content)}});
  }
  return Json{{"description", prompt->description}, {"messages", std::move(messages)}};
}

Outcome Methods::complete(const Json& params) const {
  const Json* reference = get_member(params, "ref");
  const Json* argument = get_member(params, "argument");
  const auto name = argument == nullptr ? std::nullopt : get_string(*argument, "name");
  const auto begun = argument == nullptr ? std::nullopt : get_string(*argument, "value");
  if (reference == nullptr || !name || !begun) {
    return refuse_params(R"(completion/complete needs "ref" and "argument" with "name" and "value".)");
  }
  std::vector<std::string> values = options_.prompts->complete(*reference, *name, *begun);
  const std::size_t total = values.size();
  values.resize(std::min(total, max_values));
  return Json{{"completion", {{"values", values}, {"total", total}, {"hasMore", total > max_values}}}};
}

std::optional<CacheHint> Methods::cache_hint(std::string_view method, const Json& params) const {
  if (method == "resources/list") return CacheHint{};
  if (method == "resources/read") {
    const bool is_public = options_.resources->is_public(get_string(params, "uri").value_or(""));
    return CacheHint{.ttl_ms = is_public ? list_ttl_ms : 0, .is_public = is_public};
  }
  if (method == "prompts/get" || method == "completion/complete") return std::nullopt;
  return CacheHint{.ttl_ms = options_.lists_change ? 0 : list_ttl_ms, .is_public = true};
}

Json Methods::capabilities() const {
  Json capabilities = {{"tools", {{"listChanged", options_.lists_change}}}};
  if (options_.resources) capabilities["resources"] = {{"subscribe", true}, {"listChanged", true}};
  if (options_.prompts) {
    capabilities["prompts"] = {{"listChanged", options_.lists_change}};
    capabilities["completions"] = Json::object();
  }
  return capabilities;
}

}  // namespace cus::mcp
