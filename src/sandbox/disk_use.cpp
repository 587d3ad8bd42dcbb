// SPDX-License-Identifier: Apache-2.0
#include "disk_use.hpp"

#include <fts.h>
#include <sys/stat.h>

#include <array>
#include <memory>

namespace cus::sandbox {
namespace {

constexpr std::uint64_t block = 512;

struct CloseWalk {
  void operator()(FTS* walk) const { ::fts_close(walk); }
};

}  // namespace

DiskUse measure_disk(const std::string& path) {
  DiskUse use;
  std::string root = path;
  std::array<char*, 2> roots = {root.data(), nullptr};
  const std::unique_ptr<FTS, CloseWalk> walk(
      ::fts_open(roots.data(), FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, nullptr));
  if (!walk) return use;
  while (const FTSENT* entry = ::fts_read(walk.get())) {
    if (entry->fts_info == FTS_DP || entry->fts_info == FTS_NS || entry->fts_info == FTS_ERR) continue;
    use.bytes += static_cast<std::uint64_t>(entry->fts_statp->st_blocks) * block;
    ++use.files;
  }
  return use;
}

}  // namespace cus::sandbox
