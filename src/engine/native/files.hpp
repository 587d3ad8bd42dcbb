// SPDX-License-Identifier: Apache-2.0
#pragma once
// Small files, whole: the kernel's and the engine's own. All block.

#include <cstddef>
#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::engine {

inline constexpr std::size_t max_small_file = 256UL * 1024;

// Code::not_found when there is none; Code::too_large beyond `limit`.
Result<std::string> read_small_file(const std::string& path, std::size_t limit = max_small_file);
// Into what exists, with one write: the kernel's files want it so.
Result<> write_kernel_file(const std::string& path, std::string_view text);
// Mode 0600; whole or not at all, also when the process is killed.
Result<> replace_file(const std::string& path, std::string_view text);

}  // namespace cus::engine
