// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which program this is: the product's version and the linker's hash of this very binary.

#include <string>

namespace cus::guest_agent {

std::string build_id();

}  // namespace cus::guest_agent
