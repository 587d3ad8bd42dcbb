// SPDX-License-Identifier: Apache-2.0
#pragma once
// Puts a job's output together from pieces that carry offsets. Keeps the first and the last bytes and a
// count, whatever arrives: memory is bounded, a piece that comes twice (after a re-attach) is taken once, and
// what never came is a hole between head and tail.

#include <cstdint>
#include <string>
#include <string_view>

namespace cus::tools {

struct KeptOutput {
  std::string head;
  std::string tail;         // what follows the head, directly or after a hole
  std::uint64_t total = 0;  // bytes the job wrote
  bool whole() const { return head.size() + tail.size() == total; }
};

class OutputAssembly {
 public:
  static constexpr std::size_t head_limit = 64UL * 1024;
  static constexpr std::size_t tail_limit = 64UL * 1024;

  void add(std::uint64_t offset, std::string_view bytes);
  // The offset to go on from after the connection broke.
  std::uint64_t next_offset() const { return end_; }
  // The newest bytes, for progress.
  std::string_view recent() const;
  // `total`: what the job's end says; pieces that never arrived count too.
  KeptOutput finish(std::uint64_t total) const;

 private:
  void append(std::string_view bytes);

  std::string head_;
  std::string tail_;
  std::uint64_t end_ = 0;
  bool holed_ = false;
};

}  // namespace cus::tools
