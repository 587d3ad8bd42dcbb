// SPDX-License-Identifier: Apache-2.0
#pragma once
// Runs a command against the server that owns the data root or, when none runs, against a core opened for
// just this command, through the same control socket.

#include <functional>

#include "control_client.hpp"
#include "cus/config/config.hpp"

namespace cus::app {

// `command` returns the exit code; errors of connecting or opening are printed and give 125.
int with_server(const config::Config& config, std::function<Task<int>(ControlClient&)> command);

inline constexpr int exit_unusable = 125;

// "computer-use-server: message" to standard error.
void print_error(const Error& error);

}  // namespace cus::app
