// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts a task that nobody awaits. An exception that leaves it is a bug: it is logged with `name` and the
// task ends, the process goes on.

#include <functional>
#include <string_view>

#include "cus/base/task.hpp"

namespace cus {

void spawn(Executor executor, std::string_view name, Task<> task);

}  // namespace cus
