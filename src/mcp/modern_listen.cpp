// SPDX-License-Identifier: Apache-2.0
// subscriptions/listen: a request whose answer is a stream of changes. It ends with a result when the server
// stops, or when nothing of what was asked for is offered.
#include <algorithm>

#include "meta_keys.hpp"
#include "modern_era.hpp"

namespace cus::mcp {
namespace {

constexpr std::size_t max_uris = 64;

Json filter_json(const Filter& filter) {
  Json json = Json::object();
  if (filter.tools) json["toolsListChanged"] = true;
  if (filter.prompts) json["promptsListChanged"] = true;
  if (filter.resources) json["resourcesListChanged"] = true;
  if (!filter.uris.empty()) json["resourceSubscriptions"] = filter.uris;
  return json;
}

bool valid_wishes(const Json& wishes) {
  if (!wishes.is_object()) return false;
  const Json* uris = get_member(wishes, "resourceSubscriptions");
  return uris == nullptr || (uris->is_array() && uris->size() <= max_uris &&
                             std::ranges::all_of(*uris, [](const Json& uri) { return uri.is_string(); }));
}

}  // namespace

Filter ModernEra::honoured(const Json& wishes) const {
  const auto wished = [&wishes](const char* name) { return get_bool(wishes, name).value_or(false); };
  Filter filter{.tools = options_.lists_change && wished("toolsListChanged"),
                .prompts = options_.lists_change && options_.prompts && wished("promptsListChanged"),
                .resources = options_.resources && wished("resourcesListChanged")};
  const Json* uris = get_member(wishes, "resourceSubscriptions");
  if (options_.resources && uris != nullptr) {
    for (const Json& uri : *uris) filter.uris.insert(uri.get<std::string>());
  }
  return filter;
}

Posted ModernEra::listen(const Message& message, const tools::Caller& caller) {
  const Json* wishes = get_member(message.params, "notifications");
  if (wishes == nullptr || !valid_wishes(*wishes)) {
    return {.reply = error_reply(
                message.id,
                refuse_params(
                    R"(subscriptions/listen needs "notifications", an object that says what to hear of.)")
                    .error())};
  }
  if (!changes_.has_room(caller.tenant)) {
    return {.reply = error_reply(message.id, {.code = rpc::too_many_calls,
                                              .message = "Too many streams listen already. Close one first.",
                                              .data = nullptr,
                                              .status = 429})};
  }
  const Filter filter = honoured(*wishes);
  const Json granted = filter_json(filter);
  auto channel = std::make_shared<Channel>(runner_.executor());
  channel->push(dump_json(
      {{"jsonrpc", "2.0"},
       {"method", "notifications/subscriptions/acknowledged"},
       {"params", {{"_meta", {{meta_keys::subscription, message.id}}}, {"notifications", granted}}}}));
  Json result = complete_result(Json::object(), server_info_, std::nullopt);
  result["_meta"][meta_keys::subscription] = message.id;
  channel->say_at_end({.message = result_text(message.id, dump_json(result))});
  if (granted.empty()) {
    channel->end();
    return {.channel = std::move(channel)};
  }
  channel->on_client_gone([weak = std::weak_ptr(channel)] {
    if (const ChannelPtr gone = weak.lock()) gone->end();
  });
  changes_.add({.channel = channel,
                .filter = filter,
                .tenant = caller.tenant,
                .chat = caller.chat,
                .subscription = dump_json(message.id)});
  return {.channel = std::move(channel)};
}

}  // namespace cus::mcp
