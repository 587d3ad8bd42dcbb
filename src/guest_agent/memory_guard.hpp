// SPDX-License-Identifier: Apache-2.0
#pragma once
// Memory limit of a sandbox where no control group holds one: what the kernel would do, in the guest's own
// words. A process that grows faster than this looks is ended late; the machine's own limit still stands
// behind it.

#include <sys/types.h>

#include <cstdint>

#include "cus/base/task.hpp"
#include "oom_counter.hpp"

namespace cus::guest_agent {

struct MemoryUse {
  std::uint64_t bytes = 0;  // of all processes, without what they share
  pid_t largest = 0;        // 0: none but the guest's own
};

// Of all processes that can be seen. This one and its supervisors are never the largest.
MemoryUse measure_memory();

// Ends the largest process whenever all use more than `limit`, and counts it. Never returns; `oom` outlives
// it.
Task<> guard_memory(std::uint64_t limit, OomCounter& oom);

}  // namespace cus::guest_agent
