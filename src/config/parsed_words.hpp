// SPDX-License-Identifier: Apache-2.0
#pragma once
// The words of the command line once they are sorted into options, and the command they make. Which word is
// which option is the parser's business (command_line.cpp), what they may say together is decided here.

#include <cstdint>
#include <string>
#include <vector>

#include "cus/config/command_line.hpp"

namespace cus::config {

inline constexpr int usage_error = 2;

struct Parsed {
  Values flags;
  std::string env_file{default_env_file};
  std::string chat;
  std::string tenant;
  std::string job;
  std::string documents;
  std::string offset;  // numbers stay text: the parser would take -5 for a very large one
  std::string timeout;
  std::string image;  // a target to build, or an image to remove
  bool json = false;
  bool files = false;
  bool dump_routes = false;
  bool fixtures = false;  // of serve
  bool test_websocket = false;
  bool about_images = false;  // list and rm are
  bool has_separator = false;
  std::vector<std::string> argv;  // behind --
};

PrintAndExit mistake(const std::string& text);

// `name` is the innermost command that was given.
Command make_command(const std::string& name, Parsed& parsed);

}  // namespace cus::config
