// SPDX-License-Identifier: Apache-2.0
#pragma once
// The smallest files of their kinds.

#include <string>

#include "cus/base/base64.hpp"

namespace cus::mcp_fixtures {

// One red pixel.
inline std::string sample_png() {
  return decode_base64(
             "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQD3A0FDAAAAAElFTkSuQmCC")
      .value_or("");
}

// One sample of silence.
inline std::string sample_wav() {
  return decode_base64("UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQIAAAAAAA==").value_or("");
}

}  // namespace cus::mcp_fixtures
