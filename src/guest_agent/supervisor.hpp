// SPDX-License-Identifier: Apache-2.0
#pragma once
// A job's supervisor: a fork of the guest between it and the job's processes. Being their subreaper it keeps
// hold of everything the job starts, also what double-forks or calls setsid, and can end exactly that. Runs
// after fork without exec, so it uses system calls and its stack only.

namespace cus::guest_agent {

// Waits on the channel (above the descriptors that the guest reserves) for one order, runs it, and ends with
// it. Ends at once when the guest closes the channel before that.
[[noreturn]] void supervise(int channel);

}  // namespace cus::guest_agent
