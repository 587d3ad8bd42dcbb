// SPDX-License-Identifier: Apache-2.0
#include "memory_block.hpp"

#include <sys/mman.h>

#include <utility>

namespace cus::guest_agent {

MemoryBlock::MemoryBlock(std::size_t size) {
  void* memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return;
  ::madvise(memory, size, MADV_DONTFORK);
  memory_ = static_cast<char*>(memory);
  size_ = size;
}

MemoryBlock::MemoryBlock(MemoryBlock&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), size_(std::exchange(other.size_, 0)) {}

MemoryBlock& MemoryBlock::operator=(MemoryBlock&& other) noexcept {
  std::swap(memory_, other.memory_);
  std::swap(size_, other.size_);
  return *this;
}

MemoryBlock::~MemoryBlock() {
  if (memory_ != nullptr) ::munmap(memory_, size_);
}

}  // namespace cus::guest_agent
