// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which bytes of a stream a reader gets next: everything from its offset on; or, when it asked for a head or
// a tail, the first `head` bytes as they come and at the end the last `tail` bytes.

#include <cstdint>
#include <optional>

namespace cus::guest_agent {

struct Wants {
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> head;
  std::optional<std::uint64_t> tail;
};

class ReadPlan {
 public:
  explicit ReadPlan(Wants wants);

  struct Range {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    bool empty() const { return from >= to; }
  };
  // What to send now of a stream that holds `total` bytes and, when `ended`, will hold no more.
  Range next(std::uint64_t total, bool ended);
  void advance(std::uint64_t to) { position_ = to; }
  // Whether output is held back at the moment.
  bool skipping(std::uint64_t total) const { return position_ >= head_end_ && total > position_; }

 private:
  std::uint64_t position_;
  std::uint64_t head_end_;
  std::uint64_t tail_;
};

}  // namespace cus::guest_agent
