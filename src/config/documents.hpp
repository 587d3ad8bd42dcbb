// SPDX-License-Identifier: Apache-2.0
#pragma once
// The table of settings as text for people. docs/configuration.md holds settings_markdown() between its
// markers, .env.example is env_example(); a test compares both.

#include <string>

namespace cus::config {

std::string settings_markdown();
std::string env_example();
std::string settings_help();

}  // namespace cus::config
