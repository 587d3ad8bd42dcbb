// SPDX-License-Identifier: Apache-2.0
#pragma once
// The Model Context Protocol without HTTP, both eras on one endpoint: a message comes in, an answer goes out,
// at once or through a channel. Revisions 2024-11-05 to 2025-11-25 with soft sessions, and 2026-07-28, where
// each request stands alone. Every refusal is JSON-RPC, since clients show a person nothing else.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cus/base/blocking_pool.hpp"
#include "cus/mcp/changes.hpp"
#include "cus/mcp/channel.hpp"
#include "cus/mcp/features.hpp"
#include "cus/mcp/head.hpp"
#include "cus/tools/tool.hpp"

namespace cus::mcp {

inline constexpr std::string_view server_name = "computer-use-server";

struct Options {
  tools::Settings tools;
  std::string server_version;
  std::size_t max_running_calls_per_tenant = 256;
  std::size_t max_sessions_per_tenant = 4096;
  std::chrono::seconds session_idle = std::chrono::minutes(30);
  // Streams that wait for changes: subscriptions/listen and GET.
  std::size_t max_listeners_per_tenant = 1000;
  std::size_t max_listeners = 4000;
  std::shared_ptr<Resources> resources{};  // nullptr: none are offered
  std::shared_ptr<Prompts> prompts{};      // nullptr: none are offered
  std::shared_ptr<Changes> changes{};      // nullptr: the server makes its own
  bool lists_change = false;               // whether anybody publishes changes of the tools or prompts
  BlockingPool* pool = nullptr;            // where large bodies are parsed; nullptr: where they arrive
};

// A refusal of the envelope itself (HTTP level), in the shape clients can show.
Reply refuse(int status, std::string_view message);

// What became of a request: a channel while it runs, else the reply.
struct Posted {
  Reply reply{};
  ChannelPtr channel{};
};

// A GET stream to be sent from a place on; or why there is none.
struct Opened {
  ChannelPtr channel{};
  std::uint64_t seen = 0;
  Reply refusal{};
};

struct Counts {
  std::size_t running_calls = 0;
  std::size_t sessions = 0;
  std::size_t listeners = 0;
};

class Server {
 public:
  Server(Executor executor, sandbox::Computers& computers, const Options& options);
  // With a set of tools of one's own.
  Server(Executor executor, sandbox::Computers& computers, Options options, std::vector<tools::Tool> tools);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // `head` must stay valid until the task ends, which it does before the request's work.
  Task<Posted> post(Head head, std::string body, tools::Caller caller);
  // GET: the stream of a session's own messages, or with `last_event` what is left of an earlier one.
  Opened open_stream(const Head& head, const tools::Caller& caller, std::string_view last_event);
  // DELETE.
  Reply end_session(const Head& head, const tools::Caller& caller);

  Changes& changes();
  Counts counts() const;
  // Ends what only waits, so that a drain waits for work alone; new ones are refused.
  void end_streams();
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
