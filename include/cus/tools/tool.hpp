// SPDX-License-Identifier: Apache-2.0
#pragma once
// A tool: what a model can call. One file pair each in src/tools; registry.cpp is the one line of
// registration. Tools know sandboxes and nothing of MCP messages or HTTP.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/event.hpp"
#include "cus/base/json.hpp"
#include "cus/base/secret.hpp"
#include "cus/sandbox/computer.hpp"
#include "cus/tools/content.hpp"

namespace cus::tools {

// Who calls, from the request's headers; honoured only from a caller with the key (design D9). Checked for
// length and characters; empty where nothing was said.
struct Caller {
  TenantId tenant;
  std::optional<ChatId> chat = {};  // absent: SINGLE_USER_MODE decides
  std::string user_email = {};
  std::string user_name = {};
  std::string user_id = {};
  std::string user_role = {};
  bool user_verified = false;  // the four above were signed by the chat client, not just written
  std::string message_id = {};
  std::string gitlab_host = {};
  Secret gitlab_token = {};
  Secret anthropic_key = {};
  std::vector<std::string> mcp_servers = {};  // names, without this server's own
};

enum class SingleUserMode { lenient, single, strict };

struct Settings {
  std::chrono::seconds command_timeout{120};
  SingleUserMode mode = SingleUserMode::lenient;
  bool structured_results = false;
};

// What a running call may use of its surroundings.
struct CallContext {
  const Caller& caller;
  const Settings& settings;
  sandbox::Computers& computers;
  Event& cancelled;  // set when the client cancelled: stop the work, the result is not wanted
  // Reports progress; does nothing when the client asked for none. Values strictly increase on the wire.
  std::function<Task<>(double progress, std::optional<double> total, std::string message)> progress;
  // Ends the client's connection while the call goes on, when the client can come back for the rest; else
  // does nothing.
  std::function<void()> hang_up;
};

struct ToolResult {
  std::string text;  // the first block, valid UTF-8
  bool is_error = false;
  Json meta;  // machine-readable facts: exit code, job id, byte counts, duration; object or null
  std::vector<Content> more{};  // blocks after the text; without a text they are all there is
};

struct Tool {
  std::string name;
  std::string title;
  std::string description;
  Json input_schema;
  Json annotations;
  // What the client must be able to do, in the form of its capabilities; null: nothing.
  Json needs = nullptr;
  std::function<Task<ToolResult>(Json arguments, CallContext& context)> run;
};

// All tools, in the order of tools/list.
std::vector<Tool> all_tools(const Settings& settings);

// The chat a call works on, by SINGLE_USER_MODE. The error is the text for the model.
struct ChatChoice {
  ChatKey key;
  bool shared_default = false;  // lenient and no chat id: the note about X-Chat-Id belongs under the result
};
Result<ChatChoice> choose_chat(const Caller& caller, SingleUserMode mode);

}  // namespace cus::tools
