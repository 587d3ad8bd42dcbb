// SPDX-License-Identifier: Apache-2.0
#pragma once
// Reads the JSON of a job. What is beyond the kernel's own limits, or could not be meant, is
// refused with a sentence.

#include "cus/base/json.hpp"
#include "cus/guest/job.hpp"

namespace cus::guest_agent {

inline constexpr std::size_t most_arguments = 4096;
inline constexpr std::size_t most_variables = 4096;
inline constexpr std::size_t most_argument_bytes = 128 * 1024 - 1;  // the kernel's, for one string
inline constexpr std::size_t most_path_bytes = 4095;
inline constexpr std::int64_t most_timeout_ms = 7LL * 24 * 3600 * 1000;

// Takes the script out of `body`, so that it is not held twice.
Result<guest::JobSpec> parse_job_spec(Json& body);

}  // namespace cus::guest_agent
