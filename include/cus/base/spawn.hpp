// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts a task that nobody awaits. An exception that leaves it is a bug: it is logged with `name` and the
// task ends, the process goes on.

#include <string_view>

#include "cus/base/clock.hpp"
#include "cus/base/task.hpp"

namespace cus {

void spawn(Executor executor, std::string_view name, Task<> task);

// True once no spawned task of this loop is left but `others` (the caller's own, if it was spawned); false at
// the deadline. For the end of a program: what tasks refer to may be destroyed when they are gone.
Task<bool> tasks_ended(Executor executor, Deadline deadline, std::size_t others = 0);

}  // namespace cus
