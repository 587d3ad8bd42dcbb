// SPDX-License-Identifier: Apache-2.0
#include "control_api.hpp"

#include <nlohmann/json.hpp>

namespace cus::app {

std::string encode_exec(const ExecRequest& request) {
  return dump_json(Json{{"tenant", request.key.tenant.str()},
                        {"chat", request.key.chat.str()},
                        {"argv", request.argv},
                        {"job", request.job.str()},
                        {"offset", request.offset},
                        {"timeout_s", request.timeout.count()},
                        {"stdin", request.keep_stdin_open},
                        {"split", request.split_streams}});
}

Result<ChatKey> decode_key(const Json& json) {
  Result<TenantId> tenant = parse_tenant_id(get_string(json, "tenant").value_or(""));
  if (!tenant) return std::unexpected(tenant.error());
  Result<ChatId> chat = parse_chat_id(get_string(json, "chat").value_or(""));
  if (!chat) return std::unexpected(chat.error());
  return ChatKey{std::move(*tenant), std::move(*chat)};
}

Result<ExecRequest> decode_exec(std::string_view body) {
  const Result<Json> json = parse_json(body);
  if (!json) return std::unexpected(json.error());
  Result<ChatKey> key = decode_key(*json);
  if (!key) return std::unexpected(key.error());
  Result<JobId> job = parse_job_id(get_string(*json, "job").value_or(""));
  if (!job) return std::unexpected(job.error());
  ExecRequest request;
  request.key = std::move(*key);
  request.job = std::move(*job);
  const Json* argv = get_member(*json, "argv");
  if (argv == nullptr || !argv->is_array())
    return fail(Code::invalid_argument, "argv must be a list of strings.");
  for (const Json& arg : *argv) {
    if (!arg.is_string()) return fail(Code::invalid_argument, "argv must be a list of strings.");
    request.argv.push_back(arg.get<std::string>());
  }
  request.offset =
      static_cast<std::uint64_t>(std::max<std::int64_t>(0, get_int(*json, "offset").value_or(0)));
  request.timeout = std::chrono::seconds(std::max<std::int64_t>(0, get_int(*json, "timeout_s").value_or(0)));
  request.keep_stdin_open = get_bool(*json, "stdin").value_or(false);
  request.split_streams = get_bool(*json, "split").value_or(true);
  return request;
}

}  // namespace cus::app
