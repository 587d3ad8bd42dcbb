// SPDX-License-Identifier: Apache-2.0
#pragma once
// The steps of a fork on its way: descriptors in place, signals as a program expects them, out-of-memory
// rank. System calls only.

#include "exec_plan.hpp"
#include "supervisor.hpp"
#include "supervisor_message.hpp"

namespace cus::guest_agent {

// Where the channel to the guest lies in a supervisor and, until it execs, in its child.
inline constexpr int channel_fd = 4;

// Puts the descriptors at 0, 1, 2, 3 (script) and 4 (channel) and closes all others.
void place_descriptors(const ExecPlan& plan, SupervisorFds fds);
// A process must be dumpable to set its own rank. The caller no longer holds anything of the guest's.
void set_out_of_memory_rank(int rank);
void set_dumpable(bool dumpable);
void send_to_guest(const SupervisorMessage& message);
// The child: own session, default signals, working directory, exec; on failure tells the guest why.
[[noreturn]] void become_command(const ExecPlan& plan);

}  // namespace cus::guest_agent
