// SPDX-License-Identifier: Apache-2.0
#pragma once
// The request target, decoded once and normalised, so that auth, routing and whatever opens a file see the
// same path. What two programs could read differently is refused, not repaired.

#include <string>
#include <string_view>

#include "cus/base/error.hpp"

namespace cus::web {

struct Target {
  std::string path;   // begins with '/', valid UTF-8, no empty, "." or ".." segment, no control character
  std::string query;  // as sent, without the '?'
};

// `host` is the Host header: an absolute-form target must name the same one.
Result<Target> parse_target(std::string_view target, std::string_view host);

}  // namespace cus::web
