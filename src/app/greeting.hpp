// SPDX-License-Identifier: Apache-2.0
#pragma once
// What a person sees when the server has started: where it is and how to connect.

#include <string>

#include "cus/config/config.hpp"

namespace cus::app {

// `new_key`: a key made just now, shown this once; empty otherwise.
std::string greeting(const config::Config& config, std::uint16_t port, const std::string& new_key);

}  // namespace cus::app
