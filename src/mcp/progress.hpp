// SPDX-License-Identifier: Apache-2.0
#pragma once
// Progress of one call on the wire: only when the client sent a token, strictly increasing, never after the
// answer.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cus/base/json.hpp"
#include "cus/mcp/server.hpp"

namespace cus::mcp {

// The token of a request's `_meta`: a string or an integer, also 0 and "". nullopt: none, or of another type.
std::optional<Json> progress_token(const Json& params);

class ProgressReporter {
 public:
  ProgressReporter(MessageSink& sink, std::optional<Json> token) : sink_(sink), token_(std::move(token)) {}

  Task<> report(double progress, std::optional<double> total, std::string message);

 private:
  MessageSink& sink_;
  std::optional<Json> token_;
  std::optional<double> last_;
};

}  // namespace cus::mcp
