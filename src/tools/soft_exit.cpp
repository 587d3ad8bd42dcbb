// SPDX-License-Identifier: Apache-2.0
#include "soft_exit.hpp"

#include <algorithm>
#include <array>
#include <ranges>

#include "simple_command.hpp"

namespace cus::tools {
namespace {

struct SoftExit {
  std::string_view program;
  std::string_view meaning;
};

constexpr std::array<SoftExit, 6> soft_exits = {{{"grep", "No matches found"},
                                                 {"rg", "No matches found"},
                                                 {"diff", "Files differ"},
                                                 {"find", "Some directories were inaccessible"},
                                                 {"test", "Condition is false"},
                                                 {"[", "Condition is false"}}};

// find ends with 1 also after a wrong option or a missing directory; only a closed directory is soft.
bool only_closed_directories(std::string_view output) {
  return std::ranges::all_of(output | std::views::split('\n'), [](auto&& part) {
    const std::string_view line(part.begin(), part.end());
    return !line.starts_with("find: ") || line.ends_with("Permission denied");
  });
}

}  // namespace

std::optional<std::string_view> soft_exit(std::string_view command, int code, std::string_view output) {
  if (code != 1) return std::nullopt;
  const auto words = simple_command_words(command);
  if (!words) return std::nullopt;
  const FirstProgram program = first_program(*words);
  const auto* soft = std::ranges::find(soft_exits, program.name, &SoftExit::program);
  if (soft == soft_exits.end()) return std::nullopt;
  // A sandbox without root has a sudo that explains itself and ends with 1 without running anything.
  if (program.through_sudo && !output.empty()) return std::nullopt;
  if (soft->program == "find" && !only_closed_directories(output)) return std::nullopt;
  return soft->meaning;
}

}  // namespace cus::tools
