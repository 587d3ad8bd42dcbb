// SPDX-License-Identifier: Apache-2.0
#pragma once
// Progress of one call on the wire: only when the client sent a token, strictly increasing, never after the
// answer.

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "cus/base/json.hpp"
#include "cus/base/task.hpp"
#include "cus/mcp/channel.hpp"

namespace cus::mcp {

// The token of a request's `_meta`: a string or an integer, also 0 and "". nullopt: none, or of another type.
std::optional<Json> progress_token(const Json& params);

class ProgressReporter {
 public:
  ProgressReporter(Channel& channel, std::optional<Json> token)
      : channel_(channel), token_(std::move(token)) {}

  void report(double progress, std::optional<double> total, std::string message);

 private:
  Channel& channel_;
  std::optional<Json> token_;
  std::optional<double> last_;
};

}  // namespace cus::mcp
