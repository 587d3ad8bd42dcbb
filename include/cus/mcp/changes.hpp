// SPDX-License-Identifier: Apache-2.0
#pragma once
// Tells clients that listen that a list or a resource has changed. Whoever changes something publishes; what
// a channel hears is its filter, and what belongs to a chat is heard by that chat alone. A listener whose
// channel has ended is forgotten. Belongs to the loop.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cus/base/id.hpp"
#include "cus/mcp/channel.hpp"

namespace cus::mcp {

enum class Changed { tools, prompts, resources, resource };

struct Change {
  Changed what = Changed::tools;
  std::string uri{};               // of a resource
  std::optional<ChatKey> owner{};  // nullopt: everybody's
};

struct Filter {
  bool tools = false;
  bool prompts = false;
  bool resources = false;
  std::set<std::string> uris{};
};

struct Listener {
  ChannelPtr channel;
  Filter filter;
  TenantId tenant;
  std::optional<ChatId> chat{};
  std::string subscription{};  // JSON text of the id that every message carries; empty: none
};

class Changes {
 public:
  struct Limits {
    std::size_t per_tenant = 256;
    std::size_t all = 1024;
  };

  void limit(Limits limits) { limits_ = limits; }
  bool has_room(const TenantId& tenant);
  void add(Listener listener) { listeners_.push_back(std::move(listener)); }
  // Gives those listeners other resources to hear of.
  void refilter(const std::vector<ChannelPtr>& channels, const std::set<std::string>& uris);
  void publish(const Change& change);
  // Ends every listener's channel.
  void end_all();
  std::size_t size() const { return listeners_.size(); }

 private:
  void forget_ended();

  Limits limits_;
  std::vector<Listener> listeners_;
};

}  // namespace cus::mcp
