// SPDX-License-Identifier: Apache-2.0
#include "output_assembly.hpp"

#include <algorithm>
#include <limits>

namespace cus::tools {

void OutputAssembly::add(std::uint64_t offset, std::string_view bytes) {
  // An offset this large is a lie of the sandbox; it must not overflow the sums below.
  if (offset > std::numeric_limits<std::uint64_t>::max() / 2) return;
  if (offset < end_) {
    const std::uint64_t seen = end_ - offset;
    if (seen >= bytes.size()) return;
    bytes.remove_prefix(static_cast<std::size_t>(seen));
    offset = end_;
  }
  if (bytes.empty()) return;
  if (offset > end_) {
    holed_ = true;
    tail_.clear();
    end_ = offset;
  }
  append(bytes);
}

void OutputAssembly::append(std::string_view bytes) {
  end_ += bytes.size();
  if (!holed_ && head_.size() < head_limit) {
    const std::string_view first = bytes.substr(0, head_limit - head_.size());
    head_ += first;
    bytes.remove_prefix(first.size());
  }
  tail_ += bytes;
  // Trimmed only at twice the limit, so that each byte is moved once on average.
  if (tail_.size() > 2 * tail_limit) {
    tail_.erase(0, tail_.size() - tail_limit);
    holed_ = true;
  }
}

std::string_view OutputAssembly::recent() const {
  return tail_.empty() ? head_ : tail_;
}

KeptOutput OutputAssembly::finish(std::uint64_t total) const {
  KeptOutput kept{.head = head_, .tail = tail_, .total = std::max(total, end_)};
  const std::size_t excess = kept.tail.size() - std::min(kept.tail.size(), tail_limit);
  kept.tail.erase(0, excess);
  return kept;
}

}  // namespace cus::tools
