// SPDX-License-Identifier: Apache-2.0
#include "source_dir.hpp"

namespace cus::test {

std::string source_dir() {
  return CUS_SOURCE_DIR;
}

}  // namespace cus::test
