// SPDX-License-Identifier: Apache-2.0
#include "engine/native/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "cus/base/fd.hpp"

namespace cus::engine {
namespace {

Result<> write_all(int fd, std::string_view text, const std::string& path) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(fd, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return std::unexpected(from_errno(errno, "write " + path));
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

}  // namespace

Result<std::string> read_small_file(const std::string& path, std::size_t limit) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file) {
    const int error = errno;
    if (error == ENOENT) return fail(Code::not_found, "A file is missing.", path);
    return std::unexpected(from_errno(error, "open " + path));
  }
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(from_errno(errno, "read " + path));
    if (got == 0) return text;
    if (text.size() + static_cast<std::size_t>(got) > limit)
      return fail(Code::too_large, "A file is too large.", path);
    text.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

Result<> write_kernel_file(const std::string& path, std::string_view text) {
  const Fd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  return write_all(file.get(), text, path);
}

Result<> replace_file(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  {
    const Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return std::unexpected(from_errno(errno, "open " + temporary));
    if (const Result<> wrote = write_all(file.get(), text, temporary); !wrote) return wrote;
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0)
    return std::unexpected(from_errno(errno, "rename " + path));
  return {};
}

}  // namespace cus::engine
