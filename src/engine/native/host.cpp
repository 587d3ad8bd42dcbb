// SPDX-License-Identifier: Apache-2.0
#include "engine/native/host.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>

#include "engine/native/files.hpp"
#include "engine/native/process.hpp"

namespace cus::engine {
namespace {

constexpr int version_limit_ms = 2'000;
constexpr std::array needed_version = {0, 8};

bool runs(const std::string& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

Error no_bwrap(const std::string& cause) {
  return {Code::engine_unavailable,
          "The program bubblewrap is needed to run sandboxes without Docker. Install it (apt-get install "
          "bubblewrap) or "
          "set NATIVE_BWRAP to it.",
          cause};
}

// The first line it prints.
Result<std::string> first_line_of(const std::string& program, const char* argument) {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) return std::unexpected(from_errno(errno, "pipe2"));
  const Fd read(fds[0]);
  Fd write(fds[1]);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, write.get(), STDOUT_FILENO);
  std::string name = program;
  std::string option = argument;
  std::array<char*, 3> argv = {name.data(), option.data(), nullptr};
  std::array<char*, 1> envp = {nullptr};
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, program.c_str(), &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  write.reset();
  if (failed != 0) return std::unexpected(no_bwrap(from_errno(failed, program).cause));
  const auto process = identify(pid);
  pollfd pipe{.fd = read.get(), .events = POLLIN, .revents = 0};
  std::array<char, 200> text{};
  if (::poll(&pipe, 1, version_limit_ms) <= 0) {
    const Result<Fd> handle = process ? open_process(*process) : fail(Code::not_found, "");
    if (handle) static_cast<void>(send_signal(handle->get(), SIGKILL));
    return std::unexpected(no_bwrap(program + " does not answer"));
  }
  const ssize_t got = ::read(read.get(), text.data(), text.size());
  const std::string said(text.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  return said.substr(0, said.find('\n'));
}

bool is_old(const std::string& version) {
  std::istringstream numbers(version);
  for (const int needed : needed_version) {
    int number = -1;
    if (!(numbers >> number)) return true;
    if (number != needed) return number < needed;
    numbers.ignore();
  }
  return false;
}

std::string_view instead_of(std::string_view controller) {
  if (controller == "memory") return "is kept by the guest only, which looks now and then";
  if (controller == "pids") return "is kept by the kernel's count for a user only";
  return "does not hold";
}

std::string sysctl(const std::string& name) {
  std::string value = read_small_file("/proc/sys/" + name).value_or("");
  while (value.ends_with('\n')) value.pop_back();
  return value;
}

}  // namespace

std::string find_bwrap_program(const std::string& path) {
  if (!path.empty()) return runs(path) ? path : std::string();
  for (const char* candidate : {"/usr/local/bin/bwrap", "/usr/bin/bwrap", "/bin/bwrap"}) {
    if (runs(candidate)) return candidate;
  }
  return {};
}

Result<std::string> bwrap_version(const std::string& program) {
  if (program.empty()) return std::unexpected(no_bwrap("not found"));
  const Result<std::string> line = first_line_of(program, "--version");
  if (!line) return std::unexpected(line.error());
  std::string version = line->substr(line->rfind(' ') + 1);
  if (!line->starts_with("bubblewrap ")) return std::unexpected(no_bwrap(program + " is another program"));
  if (is_old(version)) {
    return fail(
        Code::engine_unavailable,
        fmt::format(
            "bubblewrap {} is too old: 0.8 or later is needed. Install a newer one and set NATIVE_BWRAP to "
            "it.",
            version));
  }
  return version;
}

std::vector<std::string> host_warnings(const Cgroups& cgroups) {
  std::vector<std::string> warnings;
  for (const std::string& controller : cgroups.missing()) {
    warnings.push_back(
        fmt::format("The {} limit of a sandbox {}: no control group can be made. Run as root, or under "
                    "systemd with Delegate=yes.",
                    controller, instead_of(controller)));
  }
  if (sysctl("user/max_user_namespaces") == "0")
    warnings.emplace_back("The kernel allows no user namespaces: sysctl user.max_user_namespaces=15000.");
  if (sysctl("kernel/unprivileged_userns_clone") == "0") {
    warnings.emplace_back(
        "The kernel keeps user namespaces for root: sysctl kernel.unprivileged_userns_clone=1.");
  }
  if (sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1") {
    warnings.emplace_back(
        "AppArmor may forbid user namespaces: give bwrap a profile, or sysctl "
        "kernel.apparmor_restrict_unprivileged_userns=0.");
  }
  if (::geteuid() != 0)
    warnings.emplace_back("Not root: all sandboxes run as this user, only their namespaces keep them apart.");
  return warnings;
}

}  // namespace cus::engine
