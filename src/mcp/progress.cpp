// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <cmath>

namespace cus::mcp {

std::optional<Json> progress_token(const Json& params) {
  const Json* meta = get_member(params, "_meta");
  if (meta == nullptr) return std::nullopt;
  const Json* token = get_member(*meta, "progressToken");
  if (token == nullptr || !(token->is_string() || token->is_number_integer())) return std::nullopt;
  return *token;
}

void ProgressReporter::report(double progress, std::optional<double> total, std::string message) {
  if (!token_ || !std::isfinite(progress) || (last_ && progress <= *last_)) return;
  last_ = progress;
  Json params = {{"progressToken", *token_}, {"progress", progress}, {"message", std::move(message)}};
  if (total) params["total"] = *total;
  channel_.push(
      dump_json({{"jsonrpc", "2.0"}, {"method", "notifications/progress"}, {"params", std::move(params)}}));
}

}  // namespace cus::mcp
