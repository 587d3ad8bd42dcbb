// SPDX-License-Identifier: Apache-2.0
#pragma once
// The schema as a list of numbered steps, 1, 2, 3 ... The file remembers the last one done in user_version,
// changed in the same transaction as the step itself: a process killed at any point leaves either the state
// before or after a step, and running them again does nothing.

#include <span>
#include <string_view>

#include "cus/base/error.hpp"
#include "store/database.hpp"

namespace cus::store {

struct Migration {
  int version;
  std::string_view name;
  std::string_view sql;
};

// All steps of this program, in order.
std::span<const Migration> migrations();

Result<int> schema_version(Database& db);
// Code::unsupported when the file was written by a newer program.
Result<> migrate(Database& db, std::span<const Migration> steps);

}  // namespace cus::store
