// SPDX-License-Identifier: Apache-2.0
#include "output_log.hpp"

#include <algorithm>
#include <array>

namespace cus::guest_agent {

OutputLog::OutputLog(SpoolDirectory& spools, std::string spool_name, OutputLimits limits)
    : spools_(spools), spool_name_(std::move(spool_name)), limits_(limits) {}

void OutputLog::append(std::string_view bytes) {
  if (bytes.empty()) return;
  keep_in_spool(bytes);
  if (remembering_) keep_in_memory(bytes);
  total_ += bytes.size();
}

void OutputLog::keep_in_spool(std::string_view bytes) {
  if (!spooling_ || total_ + bytes.size() <= limits_.spool_threshold) return;
  if (!spool_) {
    // Everything so far is below the threshold and so still in the head.
    spool_ = spools_.create(spool_name_);
    const std::string_view so_far(head_.bytes().data(), static_cast<std::size_t>(head_size()));
    spooling_ = spool_ != nullptr && so_far.size() == total_ && spool_->append(so_far);
  }
  spooling_ = spooling_ && spool_->append(bytes);
}

void OutputLog::keep_in_memory(std::string_view bytes) {
  if (total_ < limits_.head) {
    if (head_.empty()) head_ = MemoryBlock(limits_.head);
    if (head_.empty()) {
      remembering_ = false;
      return;
    }
    const std::size_t size = std::min(bytes.size(), limits_.head - static_cast<std::size_t>(total_));
    std::ranges::copy(bytes.substr(0, size), head_.bytes().begin() + static_cast<std::ptrdiff_t>(total_));
    bytes.remove_prefix(size);
  }
  if (!bytes.empty()) keep_in_tail(bytes);
}

// `bytes` are the last ones: they end at total_ + what append() was given.
void OutputLog::keep_in_tail(std::string_view bytes) {
  if (tail_.empty()) tail_ = MemoryBlock(limits_.tail);
  if (tail_.empty()) {
    remembering_ = false;
    return;
  }
  std::uint64_t offset = std::max<std::uint64_t>(total_, limits_.head);
  if (bytes.size() > limits_.tail) {
    offset += bytes.size() - limits_.tail;
    bytes = bytes.substr(bytes.size() - limits_.tail);
  }
  while (!bytes.empty()) {
    const auto at = static_cast<std::size_t>(offset % limits_.tail);
    const std::size_t size = std::min(bytes.size(), limits_.tail - at);
    std::ranges::copy(bytes.substr(0, size), tail_.bytes().begin() + static_cast<std::ptrdiff_t>(at));
    bytes.remove_prefix(size);
    offset += size;
  }
}

std::uint64_t OutputLog::head_size() const {
  return head_.empty() ? 0 : std::min<std::uint64_t>(total_, limits_.head);
}

std::uint64_t OutputLog::tail_begin() const {
  if (tail_.empty() || !remembering_) return total_;
  const std::uint64_t kept = std::min<std::uint64_t>(limits_.tail, total_ - limits_.head);
  return total_ - kept;
}

std::size_t OutputLog::copy_tail(std::uint64_t offset, std::span<char> into) const {
  const auto at = static_cast<std::size_t>(offset % limits_.tail);
  const auto size = static_cast<std::size_t>(
      std::min<std::uint64_t>({into.size(), total_ - offset, static_cast<std::uint64_t>(limits_.tail - at)}));
  std::ranges::copy(tail_.bytes().subspan(at, size), into.begin());
  return size;
}

OutputLog::Piece OutputLog::read(std::uint64_t offset, std::span<char> into) const {
  if (offset >= total_ || into.empty()) return {};
  if (offset < head_size()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), head_size() - offset));
    std::ranges::copy(head_.bytes().subspan(static_cast<std::size_t>(offset), size), into.begin());
    return {size, 0};
  }
  if (offset >= tail_begin()) return {copy_tail(offset, into), 0};
  if (spool_) {
    if (const std::size_t size = spool_->read(offset, into)) return {size, 0};
  }
  return {0, tail_begin()};
}

std::string OutputLog::last_line(std::size_t limit) const {
  std::array<char, 1024> window;
  const std::uint64_t from = total_ - std::min<std::uint64_t>(total_, window.size());
  std::size_t size = 0;
  while (from + size < total_) {
    const Piece piece = read(from + size, std::span(window).subspan(size));
    if (piece.size == 0) return {};
    size += piece.size;
  }
  std::string_view text(window.data(), size);
  const std::size_t last = text.find_last_not_of("\r\n");
  if (last == std::string_view::npos) return {};
  text = text.substr(0, last + 1);
  const std::size_t begin = text.find_last_of("\r\n");
  if (begin != std::string_view::npos) text.remove_prefix(begin + 1);
  return std::string(text.substr(0, limit));
}

std::string OutputLog::spool_path() const {
  return spool_ && !spool_->dropped() ? spool_->path() : std::string();
}

std::size_t OutputLog::memory() const {
  const std::uint64_t tail = tail_.empty() ? 0 : std::min<std::uint64_t>(limits_.tail, total_ - limits_.head);
  return static_cast<std::size_t>(head_size() + tail);
}

void OutputLog::release_memory() {
  head_ = MemoryBlock();
  tail_ = MemoryBlock();
  remembering_ = false;
}

}  // namespace cus::guest_agent
