// SPDX-License-Identifier: Apache-2.0
#include "job_codec.hpp"

#include <nlohmann/json.hpp>

#include "cus/base/utf8.hpp"

namespace cus::guest {
namespace {

constexpr std::size_t max_text_bytes = 512;

std::string bounded(std::string_view text) {
  return utf8::sanitize(utf8::prefix(text, max_text_bytes));
}

std::optional<std::string> get_text(const Json& object, std::string_view key) {
  auto text = get_string(object, key);
  if (text) *text = bounded(*text);
  return text;
}

std::uint64_t get_count(const Json& object, std::string_view key) {
  const auto value = get_int(object, key);
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}

std::vector<Leftover> decode_leftovers(const Json& json) {
  std::vector<Leftover> leftovers;
  const Json* list = get_member(json, "leftovers");
  if (list == nullptr || !list->is_array()) return leftovers;
  for (const Json& item : *list) {
    if (leftovers.size() == max_leftovers) break;
    leftovers.push_back({get_int(item, "pid").value_or(0), get_text(item, "name").value_or("?")});
  }
  return leftovers;
}

Result<JobGap> decode_gap(const Json& json) {
  JobGap gap{.from = get_count(json, "from"), .to = get_count(json, "to")};
  if (get_string(json, "stream") == "error") gap.channel = Channel::error;
  if (gap.to < gap.from) return fail(Code::protocol, "The sandbox sent a gap that ends before it begins.");
  return gap;
}

}  // namespace

std::string encode_spec(const JobSpec& spec) {
  Json json = {{"id", spec.id.str()},
               {"argv", spec.argv},
               {"cwd", spec.cwd},
               {"env", spec.env},
               {"stdin", spec.keep_stdin_open},
               {"split", spec.split_streams},
               {"timeout_ms", spec.timeout.count()}};
  if (spec.script) json["script"] = *spec.script;
  if (spec.want_head) json["head"] = *spec.want_head;
  if (spec.want_tail) json["tail"] = *spec.want_tail;
  return dump_json(json);
}

Result<JobEnd> decode_end(const Json& json) {
  JobEnd end;
  const auto code = get_int(json, "code");
  const auto signal = get_int(json, "signal");
  end.error = get_text(json, "error");
  if (code && *code >= 0 && *code <= 255) end.code = static_cast<int>(*code);
  if (signal && *signal >= 1 && *signal <= 64) end.signal = static_cast<int>(*signal);
  if (!end.code && !end.signal && !end.error)
    return fail(Code::protocol, "The sandbox did not say how the job ended.");
  end.timed_out = get_bool(json, "timed_out").value_or(false);
  end.out_of_memory = get_bool(json, "oom").value_or(false);
  end.killed = get_text(json, "killed");
  end.total = get_count(json, "total");
  end.total_error = get_count(json, "total_error");
  end.duration = std::chrono::milliseconds(get_int(json, "duration_ms").value_or(0));
  end.spool = get_text(json, "spool").value_or("");
  end.leftovers = decode_leftovers(json);
  return end;
}

std::string to_json(const JobEnd& end) {
  Json json = {{"timed_out", end.timed_out},
               {"oom", end.out_of_memory},
               {"total", end.total},
               {"total_error", end.total_error},
               {"duration_ms", end.duration.count()}};
  if (end.code) json["code"] = *end.code;
  if (end.signal) json["signal"] = *end.signal;
  if (end.error) json["error"] = *end.error;
  if (end.killed) json["killed"] = *end.killed;
  if (!end.spool.empty()) json["spool"] = end.spool;
  Json leftovers = Json::array();
  for (const Leftover& leftover : end.leftovers)
    leftovers.push_back({{"pid", leftover.pid}, {"name", leftover.name}});
  json["leftovers"] = std::move(leftovers);
  return dump_json(json);
}

Result<JobStatus> decode_status(const Json& json) {
  const Result<JobId> id = parse_job_id(get_string(json, "id").value_or(""));
  if (!id) return fail(Code::protocol, "The sandbox listed a job without a valid id.");
  JobStatus status;
  status.id = *id;
  status.running = get_string(json, "state") == "running";
  status.total = get_count(json, "total");
  if (const Json* end = get_member(json, "end")) {
    Result<JobEnd> decoded = decode_end(*end);
    if (!decoded) return std::unexpected(decoded.error());
    status.end = std::move(*decoded);
  }
  return status;
}

Result<JobEvent> decode_event(FrameType type, std::string payload) {
  if (type == FrameType::output || type == FrameType::error) {
    if (payload.size() < 8) return fail(Code::protocol, "The sandbox sent output without an offset.");
    const std::uint64_t offset = decode_offset(payload);
    payload.erase(0, 8);
    const Channel channel = type == FrameType::output ? Channel::output : Channel::error;
    return JobOutput{.channel = channel, .offset = offset, .bytes = std::move(payload)};
  }
  const Result<Json> json = parse_json(payload, 8);
  if (!json) return std::unexpected(json.error());
  switch (type) {
    case FrameType::gap: {
      const Result<JobGap> gap = decode_gap(*json);
      if (!gap) return std::unexpected(gap.error());
      return *gap;
    }
    case FrameType::progress:
      return JobProgress{.total = get_count(*json, "total"),
                         .last_line = get_text(*json, "line").value_or("")};
    case FrameType::end: {
      Result<JobEnd> end = decode_end(*json);
      if (!end) return std::unexpected(end.error());
      return std::move(*end);
    }
    default:
      return fail(Code::protocol, "The sandbox sent a frame of an unknown type.");
  }
}

Error decode_error(int status, std::string_view body) {
  const Result<Json> json = parse_json(body, 8);
  const std::string name = json ? get_string(*json, "error").value_or("") : "";
  Error error{Code::unavailable, "The sandbox refused the request.",
              "guest answered " + std::to_string(status)};
  for (int i = 0; i <= static_cast<int>(Code::internal); ++i) {
    if (code_name(static_cast<Code>(i)) == name) error.code = static_cast<Code>(i);
  }
  if (json) error.message = get_text(*json, "message").value_or(error.message);
  return error;
}

}  // namespace cus::guest
