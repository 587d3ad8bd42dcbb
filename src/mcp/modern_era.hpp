// SPDX-License-Identifier: Apache-2.0
#pragma once
// Revision 2026-07-28: no sessions; each request says its version and what its client can do, and headers
// repeat it. A client that closes its stream has cancelled its call.

#include <map>
#include <string>
#include <vector>

#include "call_runner.hpp"
#include "methods.hpp"
#include "modern_envelope.hpp"
#include "param_headers.hpp"

namespace cus::mcp {

class ModernEra {
 public:
  // What it refers to must outlive it.
  ModernEra(CallRunner& runner, const Methods& methods, const Options& options,
            const std::vector<tools::Tool>& tools, Changes& changes);

  Task<Posted> post(Head head, Message message, tools::Caller caller);

 private:
  // The rungs in their order: envelope, version, headers, the client's capabilities, headers of arguments.
  std::optional<RpcError> check(const Head& head, const Message& message) const;
  std::optional<RpcError> check_tool(const Head& head, const Json& params, const Json& capabilities) const;
  Posted call_tool(Message message, tools::Caller caller);
  void cancel(const Message& message, const tools::Caller& caller);
  Posted listen(const Message& message, const tools::Caller& caller);
  Task<Reply> answer(const Message& message, const tools::Caller& caller);
  Filter honoured(const Json& wishes) const;

  CallRunner& runner_;
  const Methods& methods_;
  const Options& options_;
  const std::vector<tools::Tool>& tools_;
  Changes& changes_;
  Json server_info_;
  std::map<std::string, std::vector<ParamHeader>, std::less<>> param_headers_;
  // Made once: clients ask for them before every turn.
  std::string tool_list_;
  std::string discovery_;
};

}  // namespace cus::mcp
