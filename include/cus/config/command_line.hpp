// SPDX-License-Identifier: Apache-2.0
#pragma once
// The command line as a value: one struct a command, already checked. Settings given as flags are kept by
// variable name and go to read_sources(). Help, version and mistakes become PrintAndExit.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cus/base/id.hpp"
#include "cus/config/config.hpp"

namespace cus::config {

struct Serve {
  Values flags;
  bool fixtures = false;  // offer what the conformance suite asks for
  bool test_websocket = false;
};

struct CheckConfig {
  Values flags;
  std::string env_file{default_env_file};
};

struct Doctor {
  Values flags;
  bool json = false;
};

// Runs `argv` in a chat's sandbox, or re-attaches to `job` from `offset` on.
struct Exec {
  Values flags;
  ChatKey key;
  std::optional<JobId> job;
  std::uint64_t offset = 0;
  std::optional<std::chrono::seconds> timeout;  // none: COMMAND_TIMEOUT
  std::vector<std::string> argv;
};

struct ListSandboxes {
  Values flags;
  std::optional<TenantId> tenant;  // none: all
  bool json = false;
};

struct RemoveSandbox {
  Values flags;
  ChatKey key;
  bool files = false;  // home, uploads and outputs too
  bool json = false;
};

// Images for sandboxes without Docker.
struct BuildImage {
  Values flags;
  std::string target;
};

struct ListImages {
  Values flags;
  bool json = false;
};

struct RemoveImage {
  Values flags;
  std::string name;  // with its hash
};

// Asks the server that should be listening whether it is well.
struct Healthcheck {
  Values flags;
};

struct DumpRoutes {};

// To standard output with code 0, to standard error otherwise.
struct PrintAndExit {
  std::string text;
  int exit_code = 0;
};

using Command = std::variant<Serve, CheckConfig, Doctor, Exec, ListSandboxes, RemoveSandbox, BuildImage,
                             ListImages, RemoveImage, Healthcheck, DumpRoutes, PrintAndExit>;

// `arguments` without the program's name.
Command parse_command_line(std::vector<std::string> arguments);

}  // namespace cus::config
