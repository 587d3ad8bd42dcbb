// SPDX-License-Identifier: Apache-2.0
#include "oom_counter.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

namespace cus::guest_agent {

std::uint64_t parse_oom_kills(std::string_view text) {
  constexpr std::string_view name = "oom_kill ";
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (line.starts_with(name)) {
      std::uint64_t count = 0;
      std::from_chars(line.data() + name.size(), line.data() + line.size(), count);
      return count;
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return 0;
}

OomCounter::OomCounter(const std::string& root)
    : file_(::open((root + "/memory.events").c_str(), O_RDONLY | O_CLOEXEC)) {
  if (!file_) file_ = Fd(::open((root + "/memory/memory.oom_control").c_str(), O_RDONLY | O_CLOEXEC));
}

std::uint64_t OomCounter::read() const {
  std::array<char, 1024> text;
  const ssize_t got = ::pread(file_.get(), text.data(), text.size(), 0);
  const std::uint64_t kernel_kills =
      got <= 0 ? 0 : parse_oom_kills({text.data(), static_cast<std::size_t>(got)});
  return kernel_kills + own_kills_;
}

}  // namespace cus::guest_agent
