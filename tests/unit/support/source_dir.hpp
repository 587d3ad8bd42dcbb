// SPDX-License-Identifier: Apache-2.0
#pragma once
// Where the source tree lies, for tests that read golden files and documents.

#include <string>

namespace cus::test {

std::string source_dir();

}  // namespace cus::test
