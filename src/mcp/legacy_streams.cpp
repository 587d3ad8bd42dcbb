// SPDX-License-Identifier: Apache-2.0
// GET: a session's own stream, and what is left of one that broke.
#include <charconv>

#include "legacy_era.hpp"
#include "versions.hpp"

namespace cus::mcp {
namespace {

constexpr std::size_t max_open_streams = 4;

Opened refused(int status, std::string_view message) {
  return {.refusal = refuse(status, message)};
}

std::optional<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Opened LegacyEra::open_stream(const Head& head, const tools::Caller& caller, std::string_view last_event) {
  if (!head.session || head.session->empty()) {
    return refused(
        405, "Without a session there is no stream to open: send POST, or Mcp-Session-Id of initialize.");
  }
  const SessionPtr session = sessions_.find(*head.session, caller.tenant, Clock::now());
  if (!session) {
    return refused(404, "This session is not known (any more). Call initialize to begin a new one.");
  }
  if (last_event.empty()) {
    ChannelPtr channel = listen(session, caller);
    if (!channel) return refused(429, "This session, or this key, has as many streams open as it may.");
    return {.channel = std::move(channel)};
  }
  const std::size_t dash = last_event.find('-');
  const auto number =
      dash == std::string_view::npos ? std::nullopt : read_number(last_event.substr(dash + 1));
  const ChannelPtr channel = number ? session->find_stream(last_event.substr(0, dash)) : nullptr;
  if (!channel) {
    return refused(
        404, "There is no such stream in this session (any more): Last-Event-ID is not one of its ids.");
  }
  return {.channel = channel, .seen = *number};
}

// What goes to every session: that a list has changed, and updates of the resources it watches.
ChannelPtr LegacyEra::listen(const SessionPtr& session, const tools::Caller& caller) {
  std::erase_if(session->open, [](const ChannelPtr& channel) { return channel->ended(); });
  if (session->open.size() >= max_open_streams || !changes_.has_room(caller.tenant)) return nullptr;
  auto channel = std::make_shared<Channel>(runner_.executor());
  changes_.add({.channel = channel,
                .filter = {.tools = true,
                           .prompts = true,
                           .resources = true,
                           .uris = {session->watched.begin(), session->watched.end()}},
                .tenant = caller.tenant,
                .chat = caller.chat});
  // Gone or forgotten, a stream is no listener any more.
  channel->on_client_gone([weak = std::weak_ptr(channel)] {
    if (const ChannelPtr gone = weak.lock()) gone->end();
  });
  session->open.push_back(channel);
  return channel;
}

}  // namespace cus::mcp
