// SPDX-License-Identifier: Apache-2.0
#include "engine/native/orphans.hpp"

#include <algorithm>
#include <csignal>

#include "engine/native/files.hpp"
#include "engine/native/launcher.hpp"

namespace cus::engine {
namespace {

// Variables are ended by a zero byte each (proc_pid_environ(5)).
bool bears(pid_t pid, const std::string& variable) {
  const std::string environment = read_small_file("/proc/" + std::to_string(pid) + "/environ").value_or("");
  return environment.starts_with(variable) || environment.contains('\0' + variable);
}

}  // namespace

void end_orphans(const std::string& mark, const std::set<pid_t>& known) {
  if (mark.empty()) return;
  const std::string variable = std::string(mark_name) + "=" + mark + '\0';
  for (const pid_t pid : all_processes()) {
    if (known.contains(pid) || !bears(pid, variable)) continue;
    const std::vector<pid_t> children = children_of(pid);
    if (std::ranges::any_of(children, [&known](pid_t child) { return known.contains(child); })) continue;
    signal_tree(pid, SIGKILL);
  }
}

}  // namespace cus::engine
