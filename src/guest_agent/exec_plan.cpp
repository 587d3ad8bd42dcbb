// SPDX-License-Identifier: Apache-2.0
#include "exec_plan.hpp"

#include "memory_file.hpp"
#include "plan_block.hpp"

namespace cus::guest_agent {
namespace {

constexpr std::string_view default_search_path = "/usr/local/bin:/usr/bin:/bin";

}  // namespace

Result<ExecPlan> ExecPlan::make(guest::JobSpec& spec) {
  ExecPlan plan;
  plan.cwd_ = std::move(spec.cwd);
  plan.program_ = spec.argv.front();
  if (spec.script) {
    Result<Fd> script = make_memory_file("script", *spec.script);
    if (!script) return std::unexpected(script.error());
    plan.script_ = std::move(*script);
    spec.argv.emplace_back("/dev/fd/3");
    spec.script.reset();
  }
  const auto path = spec.env.find("PATH");
  const auto candidates = candidates_for(
      plan.program_, path == spec.env.end() ? default_search_path : std::string_view(path->second));
  std::vector<std::string> env;
  env.reserve(spec.env.size());
  for (const auto& [name, value] : spec.env) env.emplace_back(name).append("=").append(value);
  spec.env.clear();
  Result<Fd> block =
      write_plan_block({.cwd = plan.cwd_, .candidates = candidates, .argv = spec.argv, .env = env});
  if (!block) return std::unexpected(block.error());
  plan.block_ = std::move(*block);
  return plan;
}

std::vector<std::string> candidates_for(const std::string& program, std::string_view search_path) {
  if (program.contains('/')) return {program};
  std::vector<std::string> candidates;
  for (;;) {
    const std::size_t colon = search_path.find(':');
    const std::string_view directory = search_path.substr(0, colon);
    if (!directory.empty()) candidates.push_back(std::string(directory) + "/" + program);
    if (colon == std::string_view::npos) return candidates;
    search_path.remove_prefix(colon + 1);
  }
}

}  // namespace cus::guest_agent
