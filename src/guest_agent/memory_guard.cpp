// SPDX-License-Identifier: Apache-2.0
#include "memory_guard.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "cus/base/event.hpp"
#include "cus/base/fd.hpp"
#include "process_tree.hpp"

namespace cus::guest_agent {
namespace {

// Most of the time there is little to see.
constexpr auto calm_pause = std::chrono::milliseconds(500);
constexpr auto tense_pause = std::chrono::milliseconds(50);
constexpr std::size_t most_supervisors = 1024;

struct CloseDir {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Resident pages less shared ones, from proc_pid_statm(5).
std::uint64_t own_memory(const std::string& pid) {
  const Fd file(::open(("/proc/" + pid + "/statm").c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, 128> text{};
  const ssize_t got = file ? ::read(file.get(), text.data(), text.size() - 1) : 0;
  if (got <= 0) return 0;
  char* at = text.data();
  std::strtoull(at, &at, 10);
  const std::uint64_t resident = std::strtoull(at, &at, 10);
  const std::uint64_t shared = std::strtoull(at, &at, 10);
  static const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return resident > shared ? (resident - shared) * page : 0;
}

}  // namespace

MemoryUse measure_memory() {
  MemoryUse use;
  std::uint64_t most = 0;
  std::array<pid_t, most_supervisors> spared{};
  const std::size_t supervisors = children_of(::getpid(), spared);
  const auto is_spared = [&](pid_t pid) {
    return pid == ::getpid() || std::ranges::find(spared, pid) < spared.begin() + supervisors;
  };
  const std::unique_ptr<DIR, CloseDir> proc(::opendir("/proc"));
  if (!proc) return use;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): each walk has a directory stream of its own
  while (const dirent* entry = ::readdir(proc.get())) {
    const std::string_view text = entry->d_name;
    pid_t pid = 0;
    if (std::from_chars(text.begin(), text.end(), pid).ec != std::errc()) continue;
    const std::uint64_t bytes = own_memory(std::string(text));
    use.bytes += bytes;
    if (bytes <= most || is_spared(pid)) continue;
    most = bytes;
    use.largest = pid;
  }
  return use;
}

Task<> guard_memory(std::uint64_t limit, OomCounter& oom) {
  for (MemoryUse use;;) {
    co_await sleep_until(after(use.bytes > limit / 2 ? tense_pause : calm_pause));
    use = measure_memory();
    if (use.bytes <= limit || use.largest == 0) continue;
    oom.note_kill();
    ::kill(use.largest, SIGKILL);
  }
}

}  // namespace cus::guest_agent
