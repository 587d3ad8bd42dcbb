// SPDX-License-Identifier: Apache-2.0
#include "memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace cus::guest_agent {

Result<Fd> make_memory_file(const char* name, std::string_view text) {
  Fd fd(::memfd_create(name, MFD_CLOEXEC));
  if (!fd) return std::unexpected(from_errno(errno, "memfd_create"));
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return std::unexpected(from_errno(errno, "write to memory"));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return fd;
}

}  // namespace cus::guest_agent
