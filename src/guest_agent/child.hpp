// SPDX-License-Identifier: Apache-2.0
#pragma once
// The steps of a fork on its way to a command: descriptors, signals as a program expects them, out-of-memory
// rank. System calls only: a supervisor may not use the heap, and its child borrows its memory.

#include "plan_block.hpp"
#include "supervisor_message.hpp"

namespace cus::guest_agent {

// Where they lie in a supervisor and, until it execs, in its child.
inline constexpr int script_fd = 3;
inline constexpr int channel_fd = 4;
inline constexpr int rank_fd = 5;

// Leaves only the channel and `rank_fd`, and gives the rank that a command has.
void prepare_descriptors(int channel);
// Of the caller: how likely the kernel ends it when memory runs out. Lower than the command's.
void take_supervisor_rank();
// Default actions for all, which is what a command starts with, and an interruption for SIGCHLD; nothing else
// arrives, since a job may signal its supervisor as it likes.
void prepare_signals();
void send_to_guest(const SupervisorMessage& message);
// In a child made by vfork: own session, signals unblocked, working directory, exec; on failure tells the
// guest why.
[[noreturn]] void become_command(const Plan& plan);

}  // namespace cus::guest_agent
