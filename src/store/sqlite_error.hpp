// SPDX-License-Identifier: Apache-2.0
#pragma once
// One place decides what a SQLite result code means for the caller: busy is worth another try, a full disk
// is storage_full, a file that may not be written io, anything else internal. The text of SQLite goes into
// the cause only.

#include <string_view>

#include "cus/base/error.hpp"

struct sqlite3;

namespace cus::store {

// The error behind `db`'s last call, which returned `code`. `db` may be null when opening failed early.
Error sqlite_error(sqlite3* db, int code, std::string_view what);

}  // namespace cus::store
