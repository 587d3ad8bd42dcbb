// SPDX-License-Identifier: Apache-2.0
#pragma once
// The pipes of a job and the hand-over of its ends to a supervisor.

#include <sys/types.h>

#include <expected>

#include "cus/base/fd.hpp"
#include "exec_plan.hpp"

namespace cus::guest_agent {

// Asked for of a pipe once a job writes a lot: fewer wake-ups, while ordinary jobs do not use up the memory
// for pipes that a user has.
inline constexpr int large_pipe_bytes = 1 << 20;

struct JobPipes {
  Fd output;  // read ends; `error` only for split streams
  Fd error;
  Fd input;  // write end; only when standard input stays open
};

struct JobStreams {
  bool split = false;
  bool input = false;
};

// Sends the order to run down a supervisor's channel. The error is an errno.
std::expected<JobPipes, int> hand_over(int channel, const ExecPlan& plan, JobStreams streams);

// Descriptors 0 to 5 are /dev/null or what the guest was started with, so that a supervisor's can be put in
// place without treading on one another. Called once, before anything else is opened.
void reserve_low_descriptors();

}  // namespace cus::guest_agent
