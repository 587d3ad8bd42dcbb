// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the guest and a job's supervisor say to each other, one packet a message. Between two processes of one
// program, so plain structs; sizes are checked all the same.

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "cus/guest/protocol.hpp"

namespace cus::guest_agent {

// To the supervisor, once, and with it the descriptors of: standard input, output and error, the script if
// there is one, the plan. The kernel puts them at the lowest free numbers, which are where they belong.
struct RunOrder {
  bool has_script = false;
};
inline constexpr std::size_t most_order_fds = 5;

// To the supervisor: end the whole tree, SIGTERM first, SIGKILL after the grace.
struct KillOrder {
  std::int32_t grace_ms = 0;
};

// To the guest. The end of the channel says that nothing of the job runs any more.
struct SupervisorMessage {
  enum class Kind : std::uint8_t {
    no_room,  // the process limit is reached; it tries again for a moment
    failed,   // the command could not start: `stage` and errno in `value`
    ended,    // the command ended: `value` is its wait status, `leftovers` what it left running
  };
  enum class Stage : std::uint8_t { fork, chdir, exec };
  struct Leftover {
    pid_t pid = 0;
    std::array<char, 16> name{};
  };

  Kind kind{};
  Stage stage{};
  std::int32_t value = 0;
  std::uint32_t leftover_count = 0;
  std::array<Leftover, guest::max_leftovers> leftovers{};
};

}  // namespace cus::guest_agent
