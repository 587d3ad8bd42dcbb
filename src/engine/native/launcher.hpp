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

struct Launch {
  std::vector<std::string> argv;  // of bubblewrap, with its path
  Owner owner;                    // changed to when this process is root
  std::uint64_t open_files = 0;
  std::int64_t processes = 0;  // 0: a control group counts them
  std::span<const Fd> cgroups;
  int seccomp = -1;  // the compiled profile; read from its start
};

// Blocks until the sandbox's first process runs its program, at most some seconds. The error carries what
// bubblewrap said, and what to do about it.
Result<ProcessId> launch(const Launch& launch, std::string_view program);

// A failure of bubblewrap's as an error with a remedy.
Error explain_launch_failure(std::string_view said);

}  // namespace cus::engine
