// SPDX-License-Identifier: Apache-2.0
#pragma once
// Starts bubblewrap as another host user, in a control group, in a session of its own: it outlives this
// process.

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "cus/base/fd.hpp"
#include "cus/engine/container_engine.hpp"
#include "engine/native/process.hpp"

namespace cus::engine {

struct Start {
  std::string bwrap;
  std::vector<std::string> command;  // the sandbox's first process
  Owner owner;                       // changed to when this process is root
  std::uint64_t open_files = 0;
  std::int64_t processes = 0;  // 0: a control group counts them
  std::span<const Fd> cgroups;
  int seccomp = -1;  // the compiled profile; read from its start
  std::string mark;  // whose it is, to be seen from outside
};

// The variable in bubblewrap's own environment that holds the mark. Nothing of it gets into the sandbox.
inline constexpr std::string_view mark_name = "COMPUTER_USE_INSTANCE";

// Bubblewrap as it waits for its options. Ends by itself when this is dropped, or this process ends.
struct Waiting {
  pid_t pid = 0;
  Fd monitor;  // a handle to it
  Fd options;
  Fd status;
  Fd error;
  std::int64_t processes = 0;  // as in Start, where they are still to be limited
};

// Blocks for some milliseconds: joining a control group waits for the kernel.
Result<Waiting> start_waiting(const Start& start);

// Blocks until the sandbox's first process runs `program`, at most some seconds. The error carries what
// bubblewrap said, and what to do about it.
Result<ProcessId> let_go(Waiting waiting, const std::vector<std::string>& options, std::string_view program);

// A failure of bubblewrap's as an error with a remedy.
Error explain_launch_failure(std::string_view said);

}  // namespace cus::engine
