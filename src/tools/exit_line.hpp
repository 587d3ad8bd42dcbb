// SPDX-License-Identifier: Apache-2.0
#pragma once
// The last line of a command's result: how it ended, in words a model can act on.

#include <chrono>
#include <string>
#include <string_view>

#include "cus/guest/job.hpp"

namespace cus::tools {

struct Verdict {
  std::string line;
  bool is_error = false;
};

// How the command ended. `output` is what it wrote, as far as it was kept.
Verdict judge_end(const guest::JobEnd& end, std::string_view command, std::string_view output,
                  std::chrono::seconds timeout);

// The command's end is unknown: the connection, the supervisor or the whole sandbox was lost.
Verdict judge_interrupted();

// "SIGKILL" for 9; "signal 64" where there is no name.
std::string signal_name(int signal);

}  // namespace cus::tools
