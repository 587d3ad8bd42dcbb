// SPDX-License-Identifier: Apache-2.0
#pragma once
// How much a directory holds. Blocks, and may take long in a large one.

#include <cstdint>
#include <string>

namespace cus::sandbox {

struct DiskUse {
  std::uint64_t bytes = 0;  // on disk: holes count nothing
  std::uint64_t files = 0;  // directories too
};

// Follows no link and leaves no file system; what cannot be read counts nothing. A sandbox may write there
// meanwhile.
DiskUse measure_disk(const std::string& path);

}  // namespace cus::sandbox
