// SPDX-License-Identifier: Apache-2.0
#include "home.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>
#include <vector>

#include "cus/base/fd.hpp"

namespace cus::guest_agent {
namespace {

constexpr int deepest = 16;
constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

std::vector<std::string> names_in(int directory) {
  std::vector<std::string> names;
  Fd listed(::openat(directory, ".", directory_flags));
  DIR* stream = listed ? ::fdopendir(listed.get()) : nullptr;
  if (stream == nullptr) return names;
  listed.release();  // closedir() closes it
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(stream);
  return names;
}

bool copy_bytes(int from, int to) {
  std::array<char, 16UL * 1024> chunk;
  for (;;) {
    const ssize_t got = ::read(from, chunk.data(), chunk.size());
    if (got <= 0) return got == 0;
    if (::write(to, chunk.data(), static_cast<std::size_t>(got)) != got) return false;
  }
}

bool copy_file(int from, int to, const char* name, mode_t mode) {
  const Fd source(::openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  const Fd target(::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!source || !target || !copy_bytes(source.get(), target.get())) return false;
  return ::fchmod(target.get(), mode & 0777) == 0;
}

bool copy_link(int from, int to, const char* name) {
  std::array<char, PATH_MAX> text;
  const ssize_t size = ::readlinkat(from, name, text.data(), text.size() - 1);
  if (size < 0) return false;
  text.at(static_cast<std::size_t>(size)) = '\0';
  return ::symlinkat(text.data(), to, name) == 0;
}

bool copy_tree(int from, int to, int depth);

bool copy_directory(int from, int to, const char* name, mode_t mode, int depth) {
  if (depth >= deepest || ::mkdirat(to, name, 0700) != 0) return false;
  const Fd source(::openat(from, name, directory_flags));
  const Fd target(::openat(to, name, directory_flags));
  if (!source || !target || !copy_tree(source.get(), target.get(), depth + 1)) return false;
  return ::fchmod(target.get(), mode & 0777) == 0;
}

bool copy_tree(int from, int to, int depth) {
  bool all = true;
  for (const std::string& name : names_in(from)) {
    struct stat facts{};
    if (::fstatat(from, name.c_str(), &facts, AT_SYMLINK_NOFOLLOW) != 0) {
      all = false;
    } else if (S_ISREG(facts.st_mode)) {
      all = copy_file(from, to, name.c_str(), facts.st_mode) && all;
    } else if (S_ISDIR(facts.st_mode)) {
      all = copy_directory(from, to, name.c_str(), facts.st_mode, depth) && all;
    } else if (S_ISLNK(facts.st_mode)) {
      all = copy_link(from, to, name.c_str()) && all;
    }
  }
  return all;
}

}  // namespace

bool fill_home(const std::string& home, const std::string& skeleton) {
  const Fd source(::open(skeleton.c_str(), directory_flags));
  const Fd target(::open(home.c_str(), directory_flags));
  if (!target) return false;
  if (!source || !names_in(target.get()).empty()) return true;
  return copy_tree(source.get(), target.get(), 0);
}

}  // namespace cus::guest_agent
