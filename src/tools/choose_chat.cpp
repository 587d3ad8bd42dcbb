// SPDX-License-Identifier: Apache-2.0
#include "cus/tools/tool.hpp"

namespace cus::tools {

Result<ChatChoice> choose_chat(const Caller& caller, SingleUserMode mode) {
  const ChatId shared("default");
  if (mode == SingleUserMode::single) return ChatChoice{.key = {caller.tenant, shared}};
  const bool named = caller.chat && *caller.chat != shared;
  if (named) return ChatChoice{.key = {caller.tenant, *caller.chat}};
  if (mode == SingleUserMode::strict) {
    return fail(
        Code::invalid_argument,
        "Error: X-Chat-Id header is required: this server gives every chat a computer of its own and was "
        "not told which chat is calling (\"default\" does not count). Set the header X-Chat-Id in the MCP "
        "client's connection settings; whoever runs the server can allow a shared computer with "
        "SINGLE_USER_MODE.");
  }
  return ChatChoice{.key = {caller.tenant, shared}, .shared_default = true};
}

}  // namespace cus::tools
