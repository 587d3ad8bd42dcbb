// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Model Context Protocol without HTTP: a message comes in, an answer goes out, notifications go to the
// call's sink. Revisions 2024-11-05, 2025-03-26, 2025-06-18 and 2025-11-25, without sessions: each request
// stands alone. Every refusal is JSON-RPC, since clients show a person nothing else.

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/json.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp {

inline constexpr std::string_view server_name = "computer-use-server";

// Where notifications of one request go while it runs. The first one turns a plain JSON answer into an SSE
// stream. Must not wait for the client: a slow reader must not slow the tool down.
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
  std::size_t max_running_calls_per_tenant = 256;
};

// One POST body, judged: an HTTP status for the envelope and the JSON-RPC answer as JSON text.
struct Reply {
  int status = 200;
  // Absent (status 202): there is nothing to say, because the body held notifications or responses only, or
  // because the client cancelled the request, after which the protocol forbids an answer.
  std::optional<std::string> message{};
};

// A refusal of the envelope itself (HTTP level), in the shape clients can show.
Reply refuse(int status, std::string_view message);

class Server {
 public:
  Server(Executor executor, sandbox::Computers& computers, Options options);
  // With a set of tools of one's own.
  Server(Executor executor, sandbox::Computers& computers, Options options, std::vector<tools::Tool> tools);
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
  const Options& options() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cus::mcp
