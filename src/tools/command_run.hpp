// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs one job in a computer to its end: follows its output, reports progress, kills it when the call is
// cancelled, finds it again when the connection breaks. Knows nothing of how the result is worded.

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "cus/base/event.hpp"
#include "cus/sandbox/computer.hpp"
#include "output_assembly.hpp"

namespace cus::tools {

// Every wait of a run; tests shorten them.
struct RunTiming {
  std::chrono::milliseconds start{15'000};     // until the guest has taken the job
  std::chrono::milliseconds tick{250};         // how often cancellation and progress are looked at
  std::chrono::milliseconds heartbeat{5'000};  // progress without new output
  std::chrono::milliseconds notable{250};      // a job that lives longer is remembered in the store
  std::chrono::milliseconds kill{5'000};       // from the kill to the job's end
  std::chrono::milliseconds reattach{3'000};   // how long a lost job is looked for
  std::chrono::milliseconds retry{100};        // between two tries to find it
  std::chrono::milliseconds grace{15'000};     // beyond the job's own time limit, which the guest keeps
};

enum class RunState { ended, cancelled, interrupted, not_started };

struct RunOutcome {
  RunState state = RunState::interrupted;
  std::optional<guest::JobEnd> end{};  // there when ended; after a cancel only when the job's end was seen
  KeptOutput output{};
  std::string problem{};  // not_started: why
};

struct RunWatch {
  Event& cancelled;
  // Called with the time since the start and the newest output.
  std::function<Task<>(std::chrono::milliseconds elapsed, std::string_view recent)> progress;
};

// `spec.timeout` must be set. The arguments must outlive the task, which is awaited at once.
Task<RunOutcome> run_job(sandbox::Computers& computers, sandbox::Computer& computer, guest::JobSpec spec,
                         const RunWatch& watch, const RunTiming& timing);

}  // namespace cus::tools
