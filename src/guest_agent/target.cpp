// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <charconv>
#include <string>

#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {
namespace {

bool read_number(std::string_view text, std::uint64_t& into) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
  return error == std::errc() && end == text.data() + text.size();
}

bool read_parameter(std::string_view parameter, Wants& wants) {
  const std::size_t equals = parameter.find('=');
  std::uint64_t value = 0;
  if (equals == std::string_view::npos || !read_number(parameter.substr(equals + 1), value)) return false;
  const std::string_view name = parameter.substr(0, equals);
  if (name == "offset") wants.offset = value;
  if (name == "head") wants.head = value;
  if (name == "tail") wants.tail = value;
  return true;
}

bool read_query(std::string_view query, Wants& wants) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    if (!read_parameter(query.substr(0, end), wants)) return false;
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view text) {
  const std::size_t question = text.find('?');
  std::string_view path = text.substr(0, question);
  const std::string_view query = question == std::string_view::npos ? "" : text.substr(question + 1);
  Target target;
  if (!read_query(query, target.wants)) return std::nullopt;
  if (path == guest::path_status) return Target{.kind = Target::Kind::status, .job = {}, .wants = {}};
  if (path == guest::path_jobs) return Target{.kind = Target::Kind::jobs, .job = {}, .wants = {}};
  if (path == guest::path_tunnel) return Target{.kind = Target::Kind::tunnel, .job = {}, .wants = {}};
  if (!path.starts_with(guest::path_jobs)) return std::nullopt;
  path.remove_prefix(guest::path_jobs.size());
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  constexpr std::string_view kill = "/kill";
  target.kind = path.ends_with(kill) ? Target::Kind::kill : Target::Kind::job;
  if (target.kind == Target::Kind::kill) path.remove_suffix(kill.size());
  Result<JobId> id = parse_job_id(path);
  if (!id) return std::nullopt;
  target.job = std::move(*id);
  return target;
}

}  // namespace cus::guest_agent
