// SPDX-License-Identifier: Apache-2.0
// The only place that looks at the process environment.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "config/setting.hpp"
#include "cus/base/fd.hpp"

namespace cus::config {
namespace {

constexpr std::size_t largest_env_file = 1U << 20U;
constexpr std::size_t chunk_size = 16'384;

Values process_environment() {
  Values values;
  const auto take = [&values](const char* key) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread is started
    if (const char* value = std::getenv(key)) values[key] = value;
  };
  for (const Setting& setting : settings()) take(setting.key.c_str());
  take("HOME");
  take("XDG_DATA_HOME");
  return values;
}

std::string why(int err) {
  return "it cannot be read: " + std::generic_category().message(err);
}

void read_all(const Fd& file, Sources& sources) {
  std::array<char, chunk_size> chunk{};
  for (;;) {
    const ssize_t count = ::read(file.get(), chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) sources.env_file_error = why(errno);
    if (count <= 0) return;
    sources.env_file.append(chunk.data(), static_cast<std::size_t>(count));
    if (sources.env_file.size() <= largest_env_file) continue;
    sources.env_file_error = "it is larger than 1 MiB";
    return;
  }
}

void read_env_file(const std::string& path, Sources& sources) {
  // O_NONBLOCK: opening a FIFO must not wait for a writer.
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file) {
    if (errno != ENOENT || path != default_env_file) sources.env_file_error = why(errno);
    return;
  }
  struct stat info{};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    sources.env_file_error = "it is not a regular file";
    return;
  }
  read_all(file, sources);
}

std::string directory_of_this_program() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : program.parent_path().string();
}

}  // namespace

Sources read_sources(Values flags, const std::string& env_file) {
  Sources sources;
  sources.flags = std::move(flags);
  sources.environment = process_environment();
  sources.is_root = ::geteuid() == 0;
  sources.program_directory = directory_of_this_program();
  read_env_file(env_file, sources);
  return sources;
}

}  // namespace cus::config
