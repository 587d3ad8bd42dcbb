// SPDX-License-Identifier: Apache-2.0
#include "cus/mcp/changes.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "cus/base/json.hpp"
#include "meta_keys.hpp"

namespace cus::mcp {
namespace {

bool hears(const Listener& listener, const Change& change) {
  if (change.owner && (listener.tenant != change.owner->tenant || listener.chat != change.owner->chat)) {
    return false;
  }
  switch (change.what) {
    case Changed::tools:
      return listener.filter.tools;
    case Changed::prompts:
      return listener.filter.prompts;
    case Changed::resources:
      return listener.filter.resources;
    case Changed::resource:
      return listener.filter.uris.contains(change.uri);
  }
  return false;
}

std::string_view method_of(Changed what) {
  switch (what) {
    case Changed::tools:
      return "notifications/tools/list_changed";
    case Changed::prompts:
      return "notifications/prompts/list_changed";
    case Changed::resources:
      return "notifications/resources/list_changed";
    case Changed::resource:
      return "notifications/resources/updated";
  }
  return "";
}

}  // namespace

void Changes::forget_ended() {
  std::erase_if(listeners_, [](const Listener& listener) { return listener.channel->ended(); });
}

bool Changes::has_room(const TenantId& tenant) {
  forget_ended();
  const auto held = static_cast<std::size_t>(std::ranges::count(listeners_, tenant, &Listener::tenant));
  return listeners_.size() < limits_.all && held < limits_.per_tenant;
}

void Changes::refilter(const std::vector<ChannelPtr>& channels, const std::set<std::string>& uris) {
  for (Listener& listener : listeners_) {
    if (std::ranges::find(channels, listener.channel) != channels.end()) listener.filter.uris = uris;
  }
}

void Changes::publish(const Change& change) {
  forget_ended();
  for (const Listener& listener : listeners_) {
    if (!hears(listener, change)) continue;
    Json message = {{"jsonrpc", "2.0"}, {"method", method_of(change.what)}};
    if (change.what == Changed::resource) message["params"]["uri"] = change.uri;
    if (!listener.subscription.empty()) {
      message["params"]["_meta"][meta_keys::subscription] =
          parse_json(listener.subscription).value_or(nullptr);
    }
    listener.channel->push(dump_json(message));
  }
}

void Changes::end_all() {
  // An end may add or remove listeners.
  const std::vector<Listener> listeners = std::exchange(listeners_, {});
  for (const Listener& listener : listeners) listener.channel->end();
}

}  // namespace cus::mcp
