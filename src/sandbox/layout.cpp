// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/layout.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "content_hash.hpp"
#include "cus/base/json.hpp"
#include "give_tree.hpp"
#include "remove_tree.hpp"

namespace cus::sandbox {
namespace {

// 0711 all the way: an engine walks in as another user and must not be able to list.
constexpr mode_t passage = 0711;

Result<> make_directory(const std::string& path, mode_t mode) {
  if (::mkdir(path.c_str(), mode) == 0) {
    if (::chmod(path.c_str(), mode) != 0) return std::unexpected(from_errno(errno, "chmod " + path));
    return {};
  }
  if (errno == EEXIST) return {};
  const int error = errno;
  Error failure = from_errno(error, "mkdir " + path);
  if (failure.code == Code::io)
    failure.message = "The directory " + path + " could not be made. Check its permissions.";
  return std::unexpected(std::move(failure));
}

Result<> make_path(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), 0755) != 0 && errno != EEXIST) {
      return std::unexpected(from_errno(errno, "mkdir " + part));
    }
  }
  return make_directory(path, passage);
}

Result<> write_file(const std::string& path, std::string_view bytes, mode_t mode) {
  const std::string temporary = path + ".new";
  const Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return std::unexpected(from_errno(errno, "open " + temporary));
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file.get(), bytes.data(), bytes.size());
    if (wrote < 0) return std::unexpected(from_errno(errno, "write " + temporary));
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fchmod(file.get(), mode) != 0 || ::fsync(file.get()) != 0 ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    return std::unexpected(from_errno(errno, "write " + path));
  }
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  std::string bytes;
  std::array<char, 64 * 1024> chunk{};
  for (;;) {
    const ssize_t got = ::read(file.get(), chunk.data(), chunk.size());
    if (got < 0) return std::unexpected(from_errno(errno, "read " + path));
    if (got == 0) return bytes;
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<> Layout::make_root() const {
  if (const Result<> made = make_path(root_); !made) return made;
  for (const char* name : {"/chats", "/run", "/guest"}) {
    if (const Result<> made = make_directory(root_ + name, passage); !made) return made;
  }
  return make_directory(skills(), 0755);
}

Result<> Layout::make_chat(const StorageId& storage, const ChatKey& key, unsigned uid, unsigned gid) const {
  if (const Result<> made = make_directory(chat(storage), passage); !made) return made;
  if (const Result<> made = make_directory(uploads(storage), 0755); !made) return made;
  for (const std::string& path : {home(storage), outputs(storage)}) {
    if (const Result<> made = make_directory(path, 0755); !made) return made;
    if (const Result<> owned = give_tree(path, uid, gid); !owned) return owned;
  }
  if (const Result<> made = make_run(storage); !made) return made;
  const std::string meta = chat(storage) + "/meta.json";
  if (::access(meta.c_str(), F_OK) == 0) return {};
  const Json json = {{"tenant", key.tenant.str()}, {"chat", key.chat.str()}, {"storage", storage.str()}};
  return write_file(meta, dump_json(json) + "\n", 0600);
}

Result<> Layout::make_run(const StorageId& storage) const {
  if (const Result<> made = make_directory(root_ + "/run", passage); !made) return made;
  return make_directory(run(storage), passage);
}

Result<> Layout::remove_chat(const StorageId& storage) const {
  if (const Result<> removed = remove_run(storage); !removed) return removed;
  return remove_tree(root_ + "/chats", storage.str());
}

Result<> Layout::remove_run(const StorageId& storage) const {
  return remove_tree(root_ + "/run", storage.str());
}

Result<std::string> Layout::install_guest(const std::string& program) const {
  const Result<std::string> bytes = read_file(program);
  if (!bytes) {
    return fail(Code::not_found,
                "The guest agent was not found at " + program + ". Set GUEST_PROGRAM to its path.",
                bytes.error().cause);
  }
  const std::string build = sha256_hex(*bytes).substr(0, 16);
  const std::string directory = guest_directory(build);
  if (const Result<> made = make_directory(directory, 0755); !made) return std::unexpected(made.error());
  const std::string target = directory + "/computer-use-guest";
  if (::access(target.c_str(), X_OK) == 0) return build;
  if (const Result<> wrote = write_file(target, *bytes, 0755); !wrote) return std::unexpected(wrote.error());
  return build;
}

Result<Fd> lock_data_root(const Layout& layout) {
  const std::string path = layout.lock_file();
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    return fail(Code::conflict, "Another computer-use-server uses the data root " + layout.root() +
                                    ". Stop it, or set BASE_DATA_DIR to another directory.");
  }
  return file;
}

}  // namespace cus::sandbox
