// SPDX-License-Identifier: Apache-2.0
#pragma once
// A block of zeroed memory that is left out of forked children (so that supervisors hold no output and
// forking stays cheap), takes real memory only where it was touched, and goes back to the system when it is
// released.

#include <cstddef>
#include <span>

namespace cus::guest_agent {

class MemoryBlock {
 public:
  MemoryBlock() = default;
  // Empty when there is no memory.
  explicit MemoryBlock(std::size_t size);
  MemoryBlock(MemoryBlock&& other) noexcept;
  MemoryBlock& operator=(MemoryBlock&& other) noexcept;
  MemoryBlock(const MemoryBlock&) = delete;
  MemoryBlock& operator=(const MemoryBlock&) = delete;
  ~MemoryBlock();

  std::span<char> bytes() const { return {memory_, size_}; }
  bool empty() const { return size_ == 0; }

 private:
  char* memory_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace cus::guest_agent
