// SPDX-License-Identifier: Apache-2.0
#pragma once
// Leaves the heap out of forked children. A supervisor does not use it, so it need hold nothing of other
// jobs; and a fork costs neither page tables now nor a copy of each page that the guest writes to next.

namespace cus::guest_agent {

// Call before each fork: the heap grows. Does nothing where the heap cannot be told from what a child needs
// (that is in builds that are not static).
void leave_heap_out_of_forks();

}  // namespace cus::guest_agent
