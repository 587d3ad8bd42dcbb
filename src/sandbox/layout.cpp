// SPDX-License-Identifier: Apache-2.0
#include "cus/sandbox/layout.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "content_hash.hpp"
#include "cus/base/json.hpp"
#include "give_tree.hpp"
#include "remove_tree.hpp"

namespace cus::sandbox {
namespace {

// An engine walks in as another user, who must not be able to list.
constexpr mode_t passage = 0711;
// A chat's own: its sandbox's group walks in, and no other sandbox's user, however it got out.
constexpr mode_t own_passage = 0710;

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

Result<> make_own_directory(const std::string& path, unsigned gid) {
  if (const Result<> made = make_directory(path, own_passage); !made) return made;
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return std::unexpected(from_errno(errno, "stat " + path));
  if (info.st_gid != gid && ::lchown(path.c_str(), static_cast<uid_t>(-1), gid) != 0)
    return std::unexpected(from_errno(errno, "chgrp " + path));
  if ((info.st_mode & 07777U) != own_passage && ::chmod(path.c_str(), own_passage) != 0)
    return std::unexpected(from_errno(errno, "chmod " + path));
  return {};
}

enum class Keep : std::uint8_t { for_sure, likely };

// The kernel caches a file in pieces as large as it was written in. Each piece of the guest is mapped by two
// processes of every sandbox, and looking all of them through (which the kernel does when it looks for memory
// that nobody uses) holds up every fork meanwhile: 40 ms at a time with 500 sandboxes and pieces of
// megabytes.
constexpr std::size_t piece_bytes = 4096;

Result<> write_file(const std::string& path, std::string_view bytes, mode_t mode, Keep keep) {
  const std::string temporary = path + ".new";
  const Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return std::unexpected(from_errno(errno, "open " + temporary));
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file.get(), bytes.data(), std::min(bytes.size(), piece_bytes));
    if (wrote < 0) return std::unexpected(from_errno(errno, "write " + temporary));
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  if (::fchmod(file.get(), mode) != 0 || (keep == Keep::for_sure && ::fsync(file.get()) != 0) ||
      ::rename(temporary.c_str(), path.c_str()) != 0) {
    return std::unexpected(from_errno(errno, "write " + path));
  }
  return {};
}

Result<std::string> read_file(const std::string& path) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  std::string bytes;
  std::array<char, 64UL * 1024> chunk{};
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
  if (const Result<> made = make_own_directory(chat(storage), gid); !made) return made;
  if (const Result<> made = make_directory(uploads(storage), 0755); !made) return made;
  for (const std::string& path : {home(storage), outputs(storage)}) {
    if (const Result<> made = make_directory(path, 0755); !made) return made;
    if (const Result<> owned = give_tree(path, uid, gid); !owned) return owned;
  }
  if (const Result<> made = make_run(storage, gid); !made) return made;
  const std::string meta = chat(storage) + "/meta.json";
  if (::access(meta.c_str(), F_OK) == 0) return {};
  const Json json = {{"tenant", key.tenant.str()}, {"chat", key.chat.str()}, {"storage", storage.str()}};
  // For people who look; the store knows it too.
  return write_file(meta, dump_json(json) + "\n", 0600, Keep::likely);
}

Result<> Layout::make_run(const StorageId& storage, unsigned gid) const {
  if (const Result<> made = make_directory(root_ + "/run", passage); !made) return made;
  return make_own_directory(run(storage), gid);
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
  std::string build = sha256_hex(*bytes).substr(0, 16);
  const std::string directory = guest_directory(build);
  if (const Result<> made = make_directory(directory, 0755); !made) return std::unexpected(made.error());
  const std::string target = directory + "/computer-use-guest";
  if (::access(target.c_str(), X_OK) == 0) return build;
  if (const Result<> wrote = write_file(target, *bytes, 0755, Keep::for_sure); !wrote)
    return std::unexpected(wrote.error());
  return build;
}

Result<Fd> lock_data_root(const Layout& layout) {
  const std::string path = layout.lock_file();
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return std::unexpected(from_errno(errno, "open " + path));
  // A server that was killed a moment ago may still be held by what it was about to start.
  constexpr int tries = 20;
  constexpr auto pause = std::chrono::milliseconds(50);
  for (int i = 1; ::flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
    if (i < tries) {
      std::this_thread::sleep_for(pause);
      continue;
    }
    return fail(Code::conflict, "Another computer-use-server uses the data root " + layout.root() +
                                    ". Stop it, or set BASE_DATA_DIR to another directory.");
  }
  return file;
}

}  // namespace cus::sandbox
