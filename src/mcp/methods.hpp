// SPDX-License-Identifier: Apache-2.0
#pragma once
// The methods that both eras answer in the same way and at once: lists, reads, prompts, completion.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cus/mcp/server.hpp"
#include "json_rpc.hpp"

namespace cus::mcp {

// How long a client may keep a result, and for whom it is (SEP-2549).
struct CacheHint {
  std::int64_t ttl_ms = 0;
  bool is_public = false;
};

class Methods {
 public:
  // What it refers to must outlive it.
  Methods(const Options& options, const std::vector<tools::Tool>& tools);

  bool knows(std::string_view method) const;
  // For a method that is known.
  Task<Outcome> answer(const std::string& method, const Json& params, const tools::Caller& caller) const;
  // nullopt: a result of this method is not for keeping.
  std::optional<CacheHint> cache_hint(std::string_view method, const Json& params) const;
  Json capabilities() const;
  const Json& tool_list() const { return tool_list_; }

 private:
  Task<Outcome> list_resources(const Json& params, const tools::Caller& caller) const;
  Task<Outcome> read_resource(const Json& params, const tools::Caller& caller) const;
  Outcome get_prompt(const Json& params) const;
  Outcome complete(const Json& params) const;

  const Options& options_;
  Json tool_list_;
};

}  // namespace cus::mcp
