// SPDX-License-Identifier: Apache-2.0
#pragma once
// Recognises shell text that is one simple command: no pipe, list, background, substitution, group or second
// line. Anything it is not sure about is not simple, since a wrong yes would hide a failure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cus::tools {

// The words after quote removal, without redirections and comments; nullopt when it is not one simple
// command.
std::optional<std::vector<std::string>> simple_command_words(std::string_view text);

// What runs once assignments and the prefixes sudo, env, nice, time and strace are skipped.
struct FirstProgram {
  std::string name;  // without its directory; empty when there is none
  bool through_sudo = false;
};
FirstProgram first_program(const std::vector<std::string>& words);

}  // namespace cus::tools
