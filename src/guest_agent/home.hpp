// SPDX-License-Identifier: Apache-2.0
#pragma once
// A new home is filled from the image's /etc/skel, once: only when it is empty.

#include <string>

namespace cus::guest_agent {

// Copies files and directories with their modes, and symbolic links as links; follows none. Fills nothing
// when `home` holds anything at all. False when something could not be copied.
bool fill_home(const std::string& home, const std::string& skeleton = "/etc/skel");

}  // namespace cus::guest_agent
