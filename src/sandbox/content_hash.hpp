// SPDX-License-Identifier: Apache-2.0
#pragma once
// Content hashes: a guest's directory and a sandbox's spec are named after what is in them.

#include <string>
#include <string_view>

namespace cus::sandbox {

std::string sha256_hex(std::string_view bytes);

}  // namespace cus::sandbox
