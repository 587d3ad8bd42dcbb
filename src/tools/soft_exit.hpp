// SPDX-License-Identifier: Apache-2.0
#pragma once
// Exit codes that are an answer, not a failure: grep found nothing, diff found a difference.

#include <optional>
#include <string_view>

namespace cus::tools {

// The words for such an exit of `command`, which wrote `output`; nullopt: an ordinary failure.
std::optional<std::string_view> soft_exit(std::string_view command, int code, std::string_view output);

}  // namespace cus::tools
