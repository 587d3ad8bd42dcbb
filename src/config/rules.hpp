// SPDX-License-Identifier: Apache-2.0
#pragma once
// What holds across settings, applied once each of them has been read: defaults that depend on the machine,
// limits that depend on another value.

#include "cus/config/config.hpp"

namespace cus::config {

void apply_rules(const Sources& sources, Loaded& loaded);

// How long the data root may be, so that the socket of a sandbox below it can be named.
std::size_t longest_data_root();

}  // namespace cus::config
