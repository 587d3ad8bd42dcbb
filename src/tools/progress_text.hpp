// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words of progress: what runs, for how long, and what it last printed.

#include <chrono>
#include <string>
#include <string_view>

namespace cus::tools {

// "45s", "2m", "2m 15s".
std::string elapsed_text(std::chrono::seconds elapsed);

// The description, or the first words of the command: one line of at most 60 characters.
std::string label(std::string_view description, std::string_view command);

// The last line with something on it, as a terminal would show it: at most 120 characters, no control
// characters. `output` may begin and end anywhere.
std::string last_line(std::string_view output);

// "Running: LABEL (ELAPSED)" and, when there is output, a second line with the last of it.
std::string progress_text(std::string_view label, std::chrono::seconds elapsed, std::string_view last_line);

}  // namespace cus::tools
