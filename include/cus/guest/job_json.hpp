// SPDX-License-Identifier: Apache-2.0
#pragma once
// JobEnd as text, for the store and the command line.

#include <string>

#include "cus/guest/job.hpp"

namespace cus::guest {

std::string to_json(const JobEnd& end);

}  // namespace cus::guest
