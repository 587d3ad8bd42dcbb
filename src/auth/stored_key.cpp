// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "cus/auth/keys.hpp"
#include "cus/base/fd.hpp"
#include "key_text.hpp"

namespace cus::auth {
namespace {

std::unexpected<Error> bad_file(const std::string& path, std::string_view why) {
  return fail(Code::invalid_argument, "The key file " + path + " " + std::string(why));
}

Result<StoredKey> load(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file && errno == ENOENT) return fail(Code::not_found, "No key is stored.");
  if (!file && errno == ELOOP) return bad_file(path, "is a symbolic link; put a plain file there.");
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0) return std::unexpected(from_errno(errno, "stat " + path));
  if (!S_ISREG(facts.st_mode)) return bad_file(path, "is not a regular file; remove it.");
  if ((facts.st_mode & 0077U) != 0) return bad_file(path, "can be read by others; run chmod 600 on it.");
  std::array<char, max_key_length + 2> text{};
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return std::unexpected(from_errno(errno, "read " + path));
  std::string key(text.data(), static_cast<std::size_t>(size));
  while (!key.empty() && (key.back() == '\n' || key.back() == '\r')) key.pop_back();
  if (key.size() < min_key_length || !is_key_text(key)) {
    return bad_file(path, "holds no key; remove it to have a new one made.");
  }
  return StoredKey{.key = std::move(key), .created = false};
}

// Removes the name again, also when something failed half-way.
class TemporaryName {
 public:
  explicit TemporaryName(std::string path) : path_(std::move(path)) {}
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  ~TemporaryName() { ::unlink(path_.c_str()); }
  const char* c_str() const { return path_.c_str(); }

 private:
  std::string path_;
};

// Written whole under another name first and then linked, so that a crash leaves no half key; link() refuses
// a name that exists, so that of two servers one wins.
Result<StoredKey> create(const std::string& path) {
  const TemporaryName temporary(path + ".tmp-" + random_hex(8));
  const Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, "create " + path));
  const std::string key = "cus_" + random_hex(24);
  const std::string line = key + "\n";
  if (::write(file.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      ::fsync(file.get()) != 0) {
    return std::unexpected(from_errno(errno, "write " + path));
  }
  if (::link(temporary.c_str(), path.c_str()) == 0) return StoredKey{.key = key, .created = true};
  if (errno == EEXIST) return load(path);
  return std::unexpected(from_errno(errno, "link " + path));
}

}  // namespace

Result<StoredKey> load_or_create_key(const std::string& path) {
  Result<StoredKey> stored = load(path);
  if (!stored && stored.error().code == Code::not_found) return create(path);
  return stored;
}

}  // namespace cus::auth
