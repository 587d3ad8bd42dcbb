// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Model Context Protocol without HTTP: a message comes in, an answer goes out, notifications go to the
// call's sink. Revisions 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25.

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/event.hpp"
#include "cus/base/json.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp {

// Where notifications of one request go while it runs. The first one turns a plain JSON answer into an SSE
// stream.
class MessageSink {
 public:
  MessageSink() = default;
  MessageSink(const MessageSink&) = delete;
  MessageSink& operator=(const MessageSink&) = delete;
  virtual ~MessageSink() = default;
  virtual Task<> notify(Json message) = 0;
};

struct Options {
  tools::Settings tools;
  std::string server_version;
  std::size_t max_running_calls_per_tenant = 64;
};

// One POST body, judged: an HTTP status for the envelope and the JSON-RPC answer, if there is one.
struct Reply {
  int status = 200;
  std::optional<Json> message;  // absent: 202 for notifications and responses
  std::optional<std::string> session_id;
};

class Server {
 public:
  Server(Executor executor, sandbox::Computers& computers, Options options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // `protocol_version`: the MCP-Protocol-Version header, if any. Runs until the answer is ready.
  Task<Reply> handle(std::string body, tools::Caller caller, std::optional<std::string> protocol_version,
                     MessageSink& sink);
  std::size_t running_calls() const;
  // Cancels what runs; for shutdown after the drain.
  void cancel_all();
  // Names and descriptions for /mcp-info.
  const std::vector<tools::Tool>& tools() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cus::mcp
