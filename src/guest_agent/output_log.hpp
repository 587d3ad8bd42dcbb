// SPDX-License-Identifier: Apache-2.0
#pragma once
// The output of a job, addressed by offset: the first and the last bytes in memory, and once it is long
// everything up to a limit in a spool file. Appending never waits; what is kept nowhere any more is reported
// as a gap.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "memory_block.hpp"
#include "spool.hpp"

namespace cus::guest_agent {

struct OutputLimits {
  std::size_t head = guest::kept_head_bytes;
  std::size_t tail = guest::kept_tail_bytes;
  std::size_t spool_threshold = guest::spool_threshold_bytes;  // at most `head`
};

class OutputLog {
 public:
  OutputLog(SpoolDirectory& spools, std::string spool_name, OutputLimits limits = {});

  void append(std::string_view bytes);
  std::uint64_t total() const { return total_; }

  // What lies at `offset`, which is below total(): `size` bytes copied, or, when size is 0, a gap up to
  // `gap_to`.
  struct Piece {
    std::size_t size = 0;
    std::uint64_t gap_to = 0;
  };
  Piece read(std::uint64_t offset, std::span<char> into) const;

  // The last line with something in it, cut to `limit` bytes.
  std::string last_line(std::size_t limit) const;
  // Path of the file that holds it all from the first byte on; empty when there is none.
  std::string spool_path() const;

  // Bytes of memory in use; release_memory gives them back for good, what is spooled stays readable.
  std::size_t memory() const;
  void release_memory();

 private:
  void keep_in_memory(std::string_view bytes);
  void keep_in_tail(std::string_view bytes);
  void keep_in_spool(std::string_view bytes);
  std::uint64_t head_size() const;
  std::uint64_t tail_begin() const;
  std::size_t copy_tail(std::uint64_t offset, std::span<char> into) const;

  SpoolDirectory& spools_;
  std::string spool_name_;
  OutputLimits limits_;
  MemoryBlock head_;
  MemoryBlock tail_;  // a ring: offset o lies at o % size
  std::shared_ptr<SpoolFile> spool_;
  std::uint64_t total_ = 0;
  bool spooling_ = true;
  bool remembering_ = true;
};

}  // namespace cus::guest_agent
