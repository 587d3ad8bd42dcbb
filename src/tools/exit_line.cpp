// SPDX-License-Identifier: Apache-2.0
#include "exit_line.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstring>

#include "soft_exit.hpp"

namespace cus::tools {
namespace {

// The guest's word for a job whose supervisor vanished: nobody knows how the command ended.
constexpr std::string_view supervisor_lost = "supervisor lost";

int shown_code(const guest::JobEnd& end) {
  return end.signal ? 128 + *end.signal : end.code.value_or(1);
}

std::string by_signal(const guest::JobEnd& end) {
  return end.signal ? fmt::format(", killed by signal {} ({})", *end.signal, signal_name(*end.signal)) : "";
}

}  // namespace

std::string signal_name(int signal) {
  const char* name = ::sigabbrev_np(signal);
  return name == nullptr ? fmt::format("signal {}", signal) : fmt::format("SIG{}", name);
}

Verdict judge_interrupted() {
  return {.line =
              "[Exit code unknown, interrupted: the sandbox lost this command while it ran. It may have had "
              "effects: "
              "check before you run it again]",
          .is_error = true};
}

Verdict judge_end(const guest::JobEnd& end, std::string_view command, std::string_view output,
                  std::chrono::seconds timeout) {
  if (end.error) return {.line = fmt::format("[Could not start: {}]", *end.error), .is_error = true};
  if (end.timed_out) {
    return {.line = fmt::format("[Exit code: 124, Command timed out after {} seconds]", timeout.count()),
            .is_error = true};
  }
  if (end.out_of_memory) {
    return {.line = fmt::format("[Exit code: {}{}, out of memory: the sandbox reached its memory limit]",
                                shown_code(end), by_signal(end)),
            .is_error = true};
  }
  if (end.killed == supervisor_lost) return judge_interrupted();
  if (end.killed) {
    return {
        .line = fmt::format("[Exit code: {}{}, stopped: {}]", shown_code(end), by_signal(end), *end.killed),
        .is_error = true};
  }
  if (end.signal)
    return {.line = fmt::format("[Exit code: {}{}]", shown_code(end), by_signal(end)), .is_error = true};
  const int code = shown_code(end);
  if (code == 0) return {.line = "[exit 0]"};
  if (const auto meaning = soft_exit(command, code, output))
    return {.line = fmt::format("[exit {}: {}]", code, *meaning)};
  return {.line = fmt::format("[Exit code: {}]", code), .is_error = true};
}

}  // namespace cus::tools
