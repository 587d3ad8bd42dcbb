// SPDX-License-Identifier: Apache-2.0
// Input: a .env file; after a line "%%" the environment, a variable a line.
#include <algorithm>

#include "config/env_file.hpp"
#include "config/setting.hpp"
#include "cus/config/config.hpp"
#include "fuzz/fuzz.hpp"

namespace cus::fuzz {
namespace {

using config::Finding;
using config::Loaded;
using config::Sources;

Sources sources_of(std::string_view input) {
  constexpr std::string_view separator = "%%\n";
  const std::size_t at = input.starts_with(separator) ? 0 : input.find("\n%%\n");
  Sources sources;
  sources.env_file = std::string(input.substr(0, at));
  sources.program_directory = "/nowhere";
  if (at == std::string_view::npos) return sources;
  input.remove_prefix(at + separator.size() + (at == 0 ? 0 : 1));
  while (!input.empty()) {
    std::string_view value = take_line(input);
    const std::string_view name = take_until(value, '=');
    sources.environment[std::string(name)] = std::string(value);
  }
  return sources;
}

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_finding(const Finding& finding, const config::EnvFile& file) {
  const bool names_variable =
      config::find_setting(finding.key) != nullptr || file.values.contains(finding.key);
  require(names_variable || finding.key.starts_with(".env line "), "a finding names its variable",
          finding.key);
  require(!finding.text.empty() && is_plain(finding.text), "a finding is one plain line", finding.text);
}

void check_ranges(const config::Config& config) {
  constexpr std::uint64_t mebibyte = 1U << 20U;
  constexpr std::uint64_t gibibyte = 1U << 30U;
  const auto within = [](auto value, auto least, auto most, std::string_view what) {
    require(std::cmp_greater_equal(value, least) && std::cmp_less_equal(value, most), what);
  };
  within(config.memory_bytes, 64 * mebibyte, 4096 * gibibyte, "CONTAINER_MEM_LIMIT is within its range");
  within(config.nano_cpus, 10'000'000U, 1'024'000'000'000U, "CONTAINER_CPU_LIMIT is within its range");
  within(config.pids, 16, 4'194'304, "CONTAINER_PIDS_LIMIT is within its range");
  within(config.shm_bytes, mebibyte, 1024 * gibibyte, "CONTAINER_SHM_SIZE is within its range");
  within(config.tmp_bytes, 16 * mebibyte, 1024 * gibibyte, "CONTAINER_TMP_SIZE is within its range");
  within(config.disk_bytes, 0U, 65'536 * gibibyte, "CONTAINER_DISK_LIMIT is within its range");
  within(config.idle_timeout.count(), 1, 2'592'000, "CONTAINER_IDLE_TIMEOUT is within its range");
  within(config.command_timeout.count(), 1, 3600, "COMMAND_TIMEOUT is within its range");
  within(config.max_sandboxes, 0U, 100'000U, "MAX_SANDBOXES is within its range");
  within(config.uid_base, 1000U, 4'000'000'000U, "SANDBOX_UID_BASE is within its range");
  within(config.uid_count, 1U, 100'000'000U, "SANDBOX_UID_COUNT is within its range");
  within(config.max_body_mb, 1U, 16U, "MAX_BODY_MB is within its range");
  within(config.max_connections, 1U, 65'536U, "MAX_CONNECTIONS is within its range");
  within(config.shutdown_grace.count(), 0, 3600, "SHUTDOWN_GRACE_SECONDS is within its range");
}

void check_paths(const config::Config& config) {
  for (const std::string* path : {&config.data_root, &config.data_root_host, &config.skills_dir,
                                  &config.docker_socket, &config.native_bwrap, &config.images_dir}) {
    if (path->empty()) continue;
    require(path->starts_with('/') && is_plain(*path) && !(*path + "/").contains("/../"), "a path is clean",
            *path);
  }
  require(is_plain(config.public_base_url) && is_plain(config.api_key) && is_plain(config.allowed_hosts),
          "text that is used as a header is plain");
  require(!config.public_base_url.contains(' '), "a URL has no space", config.public_base_url);
}

std::size_t occurrences(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

void check_secrets(const Sources& sources, const config::EnvFile& file, std::string_view input,
                   std::string_view shown) {
  for (const char* key : {"MCP_API_KEY", "MCP_API_KEYS"}) {
    for (const config::Values* values : {&sources.environment, &file.values}) {
      const auto found = values->find(key);
      if (found == values->end() || found->second.size() < 16 || occurrences(input, found->second) != 1)
        continue;
      require(!shown.contains(found->second), "a secret is never shown", shown);
    }
  }
}

void check(const Sources& sources, std::string_view input) {
  const config::EnvFile file = config::parse_env_file(sources.env_file);
  const Loaded loaded = config::load(sources);
  for (const Finding& finding : loaded.problems) check_finding(finding, file);
  for (const Finding& finding : loaded.warnings) check_finding(finding, file);
  check_ranges(loaded.config);
  check_paths(loaded.config);
  const std::string lines = config::problem_lines(loaded.problems);
  require(occurrences(lines, "\n") == loaded.problems.size(), "a problem is one line", lines);
  const config::Report report = config::check_report(loaded);
  require(report.exit_code == (loaded.problems.empty() ? 0 : 1), "a problem is an error");
  for (std::string_view rest = report.text; !rest.empty();) {
    require(is_plain(take_line(rest)), "a report moves no cursor", report.text);
  }
  check_secrets(sources, file, input, lines + report.text);

  // A value means the same in .env and in the environment.
  if (!file.problems.empty() || !sources.environment.empty()) return;
  Sources by_environment = sources;
  by_environment.env_file.clear();
  by_environment.environment = file.values;
  by_environment.environment.erase("HOME");
  by_environment.environment.erase("XDG_DATA_HOME");
  const Loaded same = config::load(by_environment);
  require(
      std::ranges::equal(loaded.choices, same.choices, {}, &config::Choice::shown, &config::Choice::shown),
      "a value means the same wherever it stands", input);
  require(std::ranges::equal(loaded.problems, same.problems, {}, &Finding::key, &Finding::key),
          "a value is wrong wherever it stands", input);
}

}  // namespace
}  // namespace cus::fuzz

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cus::fuzz;
  const std::string_view input = as_text(data, size);
  cus::config::Sources sources = sources_of(input);
  for (const bool is_root : {true, false}) {
    sources.is_root = is_root;
    check(sources, input);
  }
  return 0;
}
