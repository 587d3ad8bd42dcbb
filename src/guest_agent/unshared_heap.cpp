// SPDX-License-Identifier: Apache-2.0
#include "unshared_heap.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace cus::guest_agent {
namespace {

constexpr std::uintptr_t page = 4096;
// A static program's thread block is the first thing on its heap, and the child needs it.
constexpr std::uintptr_t most_thread_block = 8 * page;
constexpr std::uintptr_t farthest = 64UL << 20U;

}  // namespace

void leave_heap_out_of_forks() {
  const auto thread_block = reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
  auto* const end = static_cast<char*>(::sbrk(0));
  const auto heap_end = reinterpret_cast<std::uintptr_t>(end);
  const std::uintptr_t first = (thread_block + most_thread_block) / page * page;
  if (thread_block > heap_end || heap_end - thread_block > farthest || first >= heap_end) return;
  ::madvise(end - (heap_end - first), heap_end - first, MADV_DONTFORK);
}

}  // namespace cus::guest_agent
