// SPDX-License-Identifier: Apache-2.0
#pragma once
// A process that is not necessarily our child, told from a later one with the same number by its start time
// and the machine's boot.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/error.hpp"
#include "cus/base/fd.hpp"

namespace cus::engine {

struct ProcessId {
  pid_t pid = 0;
  std::uint64_t started = 0;  // clock ticks since boot, field 22 of proc_pid_stat(5)
  std::string boot;           // of the machine
};

enum class ProcessState { running, stopped, gone };

// Identifies what runs under `pid` now; nullopt when nothing does, or a zombie.
std::optional<ProcessId> identify(pid_t pid);
ProcessState state_of(const ProcessId& process);
// 0 when there is no such process.
pid_t parent_of(pid_t pid);
// Of all its threads.
std::vector<pid_t> children_of(pid_t pid);
// All processes there are.
std::vector<pid_t> all_processes();
// The name of the program it runs, at most 15 bytes.
std::string program_of(pid_t pid);

// A handle that cannot come to mean another process; Code::not_found when the process is gone.
Result<Fd> open_process(const ProcessId& process);
// Sending to what is gone is no error.
Result<> send_signal(int process_fd, int signal);
// To a process and everything below it, parents first.
void signal_tree(pid_t root, int signal);
// Blocks; true when it has ended.
bool wait_for_end(int process_fd, std::chrono::microseconds limit);

std::string machine_boot();

}  // namespace cus::engine
