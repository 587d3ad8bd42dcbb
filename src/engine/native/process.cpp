// SPDX-License-Identifier: Apache-2.0
#include "engine/native/process.hpp"

#include <poll.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <vector>

#include "engine/native/files.hpp"

namespace cus::engine {
namespace {

constexpr std::size_t most_in_a_tree = 65'536;

std::string proc_path(pid_t pid, std::string_view file) {
  return "/proc/" + std::to_string(pid) + "/" + std::string(file);
}

struct Stat {
  char state = '?';
  pid_t parent = 0;
  std::uint64_t started = 0;
};

// The name, in brackets, may hold anything: fields count from its last bracket.
std::optional<Stat> read_stat(pid_t pid) {
  const Result<std::string> text = read_small_file(proc_path(pid, "stat"));
  if (!text) return std::nullopt;
  const std::size_t name_end = text->rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(text->substr(name_end + 1));
  Stat stat;
  std::string skipped;
  fields >> stat.state >> stat.parent;
  constexpr int fields_between = 17;
  for (int i = 0; i < fields_between; ++i) fields >> skipped;
  fields >> stat.started;
  if (!fields) return std::nullopt;
  return stat;
}

bool is_gone(char state) {
  return state == 'Z' || state == 'X' || state == 'x';
}

}  // namespace

std::string machine_boot() {
  std::string boot = read_small_file("/proc/sys/kernel/random/boot_id").value_or("");
  while (boot.ends_with('\n')) boot.pop_back();
  return boot;
}

std::optional<ProcessId> identify(pid_t pid) {
  const std::optional<Stat> stat = read_stat(pid);
  if (!stat || is_gone(stat->state)) return std::nullopt;
  return ProcessId{.pid = pid, .started = stat->started, .boot = machine_boot()};
}

ProcessState state_of(const ProcessId& process) {
  if (process.pid <= 0 || process.boot != machine_boot()) return ProcessState::gone;
  const std::optional<Stat> stat = read_stat(process.pid);
  if (!stat || stat->started != process.started || is_gone(stat->state)) return ProcessState::gone;
  return stat->state == 'T' ? ProcessState::stopped : ProcessState::running;
}

// Each belongs to the thread that made it.
std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code error;
  for (std::filesystem::directory_iterator at(proc_path(pid, "task"), error), end; !error && at != end;
       at.increment(error)) {
    std::istringstream numbers(read_small_file(at->path().string() + "/children").value_or(""));
    for (pid_t child = 0; numbers >> child;) children.push_back(child);
  }
  return children;
}

pid_t parent_of(pid_t pid) {
  const std::optional<Stat> stat = read_stat(pid);
  return stat ? stat->parent : 0;
}

std::vector<pid_t> all_processes() {
  std::vector<pid_t> found;
  std::error_code error;
  for (std::filesystem::directory_iterator at("/proc", error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    pid_t pid = 0;
    const auto [last, bad] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (bad == std::errc() && last == name.data() + name.size()) found.push_back(pid);
  }
  return found;
}

std::string program_of(pid_t pid) {
  std::string name = read_small_file(proc_path(pid, "comm")).value_or("");
  while (name.ends_with('\n')) name.pop_back();
  return name;
}

Result<Fd> open_process(const ProcessId& process) {
  Fd handle(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
  if (!handle && errno != ESRCH) return std::unexpected(from_errno(errno, "pidfd_open"));
  // Looked at after the handle was taken, so that the handle is of the process looked at.
  if (!handle || state_of(process) == ProcessState::gone)
    return fail(Code::not_found, "The process has ended.");
  return handle;
}

Result<> send_signal(int process_fd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, process_fd, signal, nullptr, 0) == 0 || errno == ESRCH) return {};
  return std::unexpected(from_errno(errno, "pidfd_send_signal"));
}

void signal_tree(pid_t root, int signal) {
  std::vector<pid_t> known{root};
  for (std::size_t i = 0; i < known.size() && known.size() < most_in_a_tree; ++i)
    std::ranges::copy(children_of(known[i]), std::back_inserter(known));
  for (const pid_t pid : known) ::kill(pid, signal);
}

bool wait_for_end(int process_fd, std::chrono::microseconds limit) {
  pollfd handle{.fd = process_fd, .events = POLLIN, .revents = 0};
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left = std::max<std::chrono::nanoseconds>(deadline - std::chrono::steady_clock::now(),
                                                         std::chrono::nanoseconds(0));
    const timespec pause{.tv_sec = left / std::chrono::seconds(1), .tv_nsec = left.count() % 1'000'000'000};
    const int ready = ::ppoll(&handle, 1, &pause, nullptr);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

}  // namespace cus::engine
