// SPDX-License-Identifier: Apache-2.0
#pragma once
// The parts of a create body that others compare with.

#include <string>
#include <string_view>

namespace cus::engine {

inline constexpr std::string_view label_instance = "cus.instance";
inline constexpr std::string_view label_schema = "cus.schema";
inline constexpr std::string_view label_storage = "cus.storage";

// The profile in one line without its comments, as SecurityOpt carries it.
const std::string& compact_seccomp_profile();

}  // namespace cus::engine
