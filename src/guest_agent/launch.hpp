// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts a task that nobody awaits. The guest has no log of its own (everybody inside could write to it), so
// an exception that leaves a task, which is a bug, goes to standard error in one line and the guest goes on.

#include "cus/base/task.hpp"

namespace cus::guest_agent {

void launch(const Executor& executor, Task<> task);

// One line on standard error.
void complain(const char* what, const char* detail);

}  // namespace cus::guest_agent
