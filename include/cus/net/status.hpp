// SPDX-License-Identifier: Apache-2.0
#pragma once
// The HTTP status that stands for a failure, the same wherever HTTP is spoken.

#include "cus/base/error.hpp"

namespace cus::net {

int status_of(Code code);

}  // namespace cus::net
