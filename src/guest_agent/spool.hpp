// SPDX-License-Identifier: Apache-2.0
#pragma once
// Long output lies in files of the sandbox's own /tmp, where the model can read it too. A directory of them
// has a limit for each file and one for all; the oldest go first. Names are ours and files are created anew,
// so nothing that lies there already is followed or overwritten.

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "cus/base/fd.hpp"
#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {

struct SpoolLimits {
  std::uint64_t file_bytes = guest::spool_job_bytes;
  std::uint64_t total_bytes = guest::spool_total_bytes;
  std::size_t files = 512;
};

class SpoolDirectory;

// One file; `size()` bytes of it are known to have been written. Its content may be changed from inside the
// sandbox: what cannot be read back is simply no longer kept.
class SpoolFile {
 public:
  SpoolFile(SpoolDirectory& directory, std::string name, Fd fd);
  // False when nothing more can be written: a limit, a full disk, or the file was dropped for newer ones.
  bool append(std::string_view bytes);
  // Bytes read at `offset`; 0 when they are gone.
  std::size_t read(std::uint64_t offset, std::span<char> into) const;
  std::uint64_t size() const { return fd_ ? size_ : 0; }
  std::string path() const;
  bool dropped() const { return !fd_; }

 private:
  friend class SpoolDirectory;
  SpoolDirectory& directory_;
  std::string name_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

class SpoolDirectory {
 public:
  explicit SpoolDirectory(std::string path, SpoolLimits limits = {});
  // Null when it cannot be created.
  std::shared_ptr<SpoolFile> create(const std::string& name);
  const SpoolLimits& limits() const { return limits_; }
  const std::string& path() const { return path_; }

 private:
  friend class SpoolFile;
  struct Entry {
    std::string name;
    std::uint64_t bytes = 0;
    std::weak_ptr<SpoolFile> file;
  };
  bool open_directory();
  void account(const SpoolFile& file, std::uint64_t bytes);
  void make_room();

  std::string path_;
  SpoolLimits limits_;
  Fd directory_;
  std::list<Entry> entries_;
  std::uint64_t total_ = 0;
};

}  // namespace cus::guest_agent
