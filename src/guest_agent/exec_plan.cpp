// SPDX-License-Identifier: Apache-2.0
#include "exec_plan.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace cus::guest_agent {
namespace {

constexpr std::string_view default_search_path = "/usr/local/bin:/usr/bin:/bin";

Result<Fd> make_script(std::string_view text) {
  Fd fd(::memfd_create("script", MFD_CLOEXEC));
  if (!fd) return std::unexpected(from_errno(errno, "memfd_create"));
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return std::unexpected(from_errno(errno, "write the script"));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fd;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Result<ExecPlan> ExecPlan::make(guest::JobSpec& spec) {
  ExecPlan plan;
  plan.cwd_ = std::move(spec.cwd);
  plan.argv_ = std::move(spec.argv);
  if (spec.script) {
    Result<Fd> script = make_script(*spec.script);
    if (!script) return std::unexpected(script.error());
    plan.script_ = std::move(*script);
    plan.argv_.emplace_back("/dev/fd/3");
    spec.script.reset();
  }
  const auto path = spec.env.find("PATH");
  plan.find_candidates(path == spec.env.end() ? std::string(default_search_path) : path->second);
  for (const auto& [name, value] : spec.env) plan.env_.emplace_back(name).append("=").append(value);
  spec.env.clear();
  plan.argv_pointers_ = pointers(plan.argv_);
  plan.env_pointers_ = pointers(plan.env_);
  for (const std::string& candidate : plan.candidates_) plan.candidate_pointers_.push_back(candidate.c_str());
  plan.candidate_pointers_.push_back(nullptr);
  return plan;
}

void ExecPlan::find_candidates(const std::string& search_path) {
  const std::string& program = argv_.front();
  if (program.contains('/')) {
    candidates_.push_back(program);
    return;
  }
  std::string_view rest = search_path;
  for (;;) {
    const std::size_t colon = rest.find(':');
    const std::string_view directory = rest.substr(0, colon);
    if (!directory.empty()) candidates_.push_back(std::string(directory) + "/" + program);
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
}

}  // namespace cus::guest_agent
