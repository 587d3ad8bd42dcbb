// SPDX-License-Identifier: Apache-2.0
#include "process_tree.hpp"

#include <fcntl.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): kill() is POSIX
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace cus::guest_agent {
namespace {

// A path composed without the heap.
class ProcPath {
 public:
  ProcPath& add(std::string_view text) {
    const std::size_t size = std::min(text.size(), text_.size() - 1 - used_);
    std::copy_n(text.begin(), size, text_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += size;
    return *this;
  }
  ProcPath& add(pid_t number) {
    std::array<char, 12> digits{};
    std::size_t at = digits.size();
    do {
      digits[--at] = static_cast<char>('0' + number % 10);
      number /= 10;
    } while (number > 0);
    return add(std::string_view(digits.data() + at, digits.size() - at));
  }
  const char* c_str() const { return text_.data(); }

 private:
  std::array<char, 64> text_{};
  std::size_t used_ = 0;
};

void read_children(pid_t pid, std::string_view task, PidParser& parser) {
  const int fd = ::open(ProcPath().add("/proc/").add(pid).add("/task/").add(task).add("/children").c_str(),
                        O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  std::array<char, 1024> text;
  ssize_t got = 0;
  while ((got = ::read(fd, text.data(), text.size())) > 0) {
    parser.feed({text.data(), static_cast<std::size_t>(got)});
  }
  parser.finish();
  ::close(fd);
}

// The kernel's directory record; readdir() would use the heap.
struct DirectoryRecord {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t size;
  std::uint8_t type;
  char name[1];
};

}  // namespace

void PidParser::put() {
  if (in_number_ && count_ < into_.size()) into_[count_++] = current_;
  in_number_ = false;
  current_ = 0;
}

void PidParser::feed(std::string_view text) {
  for (const char c : text) {
    if (c < '0' || c > '9') {
      put();
    } else if (current_ < 100'000'000) {
      in_number_ = true;
      current_ = current_ * 10 + (c - '0');
    }
  }
}

void PidParser::finish() {
  put();
}

std::size_t children_of(pid_t pid, std::span<pid_t> into) {
  PidParser parser(into);
  const int tasks =
      ::open(ProcPath().add("/proc/").add(pid).add("/task").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (tasks < 0) return 0;
  alignas(DirectoryRecord) std::array<char, 1024> records;
  long got = 0;
  while ((got = ::syscall(SYS_getdents64, tasks, records.data(), records.size())) > 0) {
    for (long at = 0; at < got;) {
      const auto* record = reinterpret_cast<const DirectoryRecord*>(records.data() + at);
      if (record->name[0] != '.') read_children(pid, record->name, parser);
      at += record->size;
    }
  }
  ::close(tasks);
  return parser.count();
}

std::size_t descendants_of(pid_t pid, std::span<pid_t> into) {
  std::size_t known = children_of(pid, into);
  for (std::size_t i = 0; i < known && known < into.size(); ++i)
    known += children_of(into[i], into.subspan(known));
  return known;
}

std::size_t signal_descendants(pid_t pid, int signal, std::span<pid_t> scratch) {
  const std::size_t known = descendants_of(pid, scratch);
  for (std::size_t i = 0; i < known; ++i) ::kill(scratch[i], signal);
  return known;
}

void process_name(pid_t pid, std::span<char, 16> into) {
  std::ranges::fill(into, '\0');
  const int fd = ::open(ProcPath().add("/proc/").add(pid).add("/comm").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  const ssize_t got = ::read(fd, into.data(), into.size() - 1);
  ::close(fd);
  if (got > 0 && into[static_cast<std::size_t>(got) - 1] == '\n')
    into[static_cast<std::size_t>(got) - 1] = '\0';
}

bool only_forked(pid_t pid) {
  const int fd = ::open(ProcPath().add("/proc/").add(pid).add("/stat").c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::array<char, 256> text;
  const ssize_t got = ::read(fd, text.data(), text.size());
  ::close(fd);
  return got > 0 && says_only_forked({text.data(), static_cast<std::size_t>(got)});
}

bool says_only_forked(std::string_view stat) {
  constexpr unsigned long forked_not_executed = 0x40;  // the kernel's PF_FORKNOEXEC
  constexpr int fields_before_flags = 6;               // after the name, which may hold anything
  const std::size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos) return false;
  stat.remove_prefix(std::min(name_end + 2, stat.size()));
  for (int i = 0; i < fields_before_flags; ++i) {
    stat.remove_prefix(std::min(stat.find(' '), stat.size()));
    if (!stat.empty()) stat.remove_prefix(1);
  }
  unsigned long flags = 0;
  for (; !stat.empty() && stat.front() >= '0' && stat.front() <= '9'; stat.remove_prefix(1)) {
    flags = flags * 10 + static_cast<unsigned long>(stat.front() - '0');
  }
  return (flags & forked_not_executed) != 0;
}

}  // namespace cus::guest_agent
