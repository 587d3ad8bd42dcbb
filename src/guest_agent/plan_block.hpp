// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a supervisor needs to exec a command, as one block of unnamed memory that the guest writes and hands
// over by descriptor: a supervisor is forked before the job is known and may not use the heap.

#include <cstdint>
#include <span>
#include <string>

#include "cus/base/error.hpp"
#include "cus/base/fd.hpp"

namespace cus::guest_agent {

struct PlanTexts {
  const std::string& cwd;
  std::span<const std::string> candidates;
  std::span<const std::string> argv;
  std::span<const std::string> env;
};

// The guest's side.
Result<Fd> write_plan_block(const PlanTexts& texts);

// The supervisor's side: arrays of pointers into the block, each ended by nullptr. Lives until exec or exit.
struct Plan {
  const char* cwd = nullptr;
  const char* const* candidates = nullptr;
  char* const* argv = nullptr;
  char* const* envp = nullptr;
};

// False when the block cannot be mapped. System calls only.
bool map_plan_block(int fd, Plan& plan);

// The supervisor says before it starts the command that it will; the guest asks when the supervisor was lost,
// to know whether the command may have run. False when that cannot be noted.
bool note_begun(int fd);
bool is_begun(int fd);

}  // namespace cus::guest_agent
