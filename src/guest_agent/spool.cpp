// SPDX-License-Identifier: Apache-2.0
#include "spool.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace cus::guest_agent {

SpoolFile::SpoolFile(SpoolDirectory& directory, std::string name, Fd fd)
    : directory_(directory), name_(std::move(name)), fd_(std::move(fd)) {}

std::string SpoolFile::path() const {
  return directory_.path() + "/" + name_;
}

bool SpoolFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::uint64_t room =
        directory_.limits().file_bytes - std::min(directory_.limits().file_bytes, size_);
    if (!fd_ || room == 0) return false;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size()));
    const ssize_t written = ::pwrite(fd_.get(), bytes.data(), wanted, static_cast<off_t>(size_));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    size_ += static_cast<std::uint64_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    directory_.account(*this, static_cast<std::uint64_t>(written));
  }
  return true;
}

std::size_t SpoolFile::read(std::uint64_t offset, std::span<char> into) const {
  if (offset >= size()) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size_ - offset));
  const ssize_t got = ::pread(fd_.get(), into.data(), wanted, static_cast<off_t>(offset));
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

SpoolDirectory::SpoolDirectory(std::string path, SpoolLimits limits)
    : path_(std::move(path)), limits_(limits) {
  open_directory();
}

bool SpoolDirectory::open_directory() {
  ::mkdir(path_.c_str(), 0700);
  directory_ = Fd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  return static_cast<bool>(directory_);
}

std::shared_ptr<SpoolFile> SpoolDirectory::create(const std::string& name) {
  constexpr int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  Fd fd(::openat(directory_.get(), name.c_str(), flags, 0600));
  // Somebody may have removed the directory itself.
  if (!fd && (errno == ENOENT || errno == EBADF) && open_directory()) {
    fd = Fd(::openat(directory_.get(), name.c_str(), flags, 0600));
  }
  if (!fd) return nullptr;
  auto file = std::make_shared<SpoolFile>(*this, name, std::move(fd));
  entries_.push_back({name, 0, file});
  make_room();
  return file;
}

void SpoolDirectory::account(const SpoolFile& file, std::uint64_t bytes) {
  const auto entry = std::ranges::find(entries_, file.name_, &Entry::name);
  if (entry == entries_.end()) return;
  entry->bytes += bytes;
  total_ += bytes;
  make_room();
}

void SpoolDirectory::make_room() {
  while (entries_.size() > 1 && (total_ > limits_.total_bytes || entries_.size() > limits_.files)) {
    const Entry& oldest = entries_.front();
    ::unlinkat(directory_.get(), oldest.name.c_str(), 0);
    if (const auto file = oldest.file.lock()) file->fd_.reset();
    total_ -= oldest.bytes;
    entries_.pop_front();
  }
}

}  // namespace cus::guest_agent
