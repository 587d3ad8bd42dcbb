// SPDX-License-Identifier: Apache-2.0
#pragma once
// What each command of the command line does; each returns the process's exit code.

#include "cus/config/command_line.hpp"

namespace cus::app {

int run_serve(const config::Config& config, const config::Serve& command);
int run_exec(const config::Config& config, const config::Exec& command);
int run_list(const config::Config& config, const config::ListSandboxes& command);
int run_remove(const config::Config& config, const config::RemoveSandbox& command);
int run_doctor(const config::Config& config, const config::Doctor& command);
int run_build_image(const config::Config& config, const config::BuildImage& command);
int run_list_images(const config::Config& config, const config::ListImages& command);
int run_remove_image(const config::Config& config, const config::RemoveImage& command);
int run_healthcheck(const config::Config& config);
int run_dump_routes();

}  // namespace cus::app
