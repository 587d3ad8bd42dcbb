// SPDX-License-Identifier: Apache-2.0
#pragma once
// A job's supervisor: a fork of the guest between it and the job's processes. Being their subreaper it keeps
// hold of everything the job starts, also what double-forks or calls setsid, and can end exactly that. Runs
// after fork without exec, so it uses system calls and its stack only.

#include "exec_plan.hpp"

namespace cus::guest_agent {

// Descriptors as they are numbered in the guest; all above `first_free_fd`, so that they can be put in place.
inline constexpr int first_free_fd = 5;
struct SupervisorFds {
  int input = -1;
  int output = -1;
  int error = -1;
  int channel = -1;
};

[[noreturn]] void supervise(const ExecPlan& plan, SupervisorFds fds);

}  // namespace cus::guest_agent
