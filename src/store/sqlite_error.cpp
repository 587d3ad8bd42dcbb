// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_error.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>

namespace cus::store {
namespace {

// Growing the shared-memory index of the WAL reports a full disk as a plain I/O error.
bool is_full(sqlite3* db, int code) {
  if ((code & 0xff) == SQLITE_FULL) return true;
  if ((code & 0xff) != SQLITE_IOERR || db == nullptr) return false;
  const int err = sqlite3_system_errno(db);
  return err == ENOSPC || err == EDQUOT;
}

Error describe(Code code, std::string_view message) {
  return Error{.code = code, .message = std::string(message), .cause = {}};
}

Error classify(sqlite3* db, int code) {
  if (is_full(db, code)) {
    return describe(Code::storage_full, "The disk is full. Free some space and try again.");
  }
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return describe(Code::unavailable, "The metadata store is busy. Try again.");
    case SQLITE_CONSTRAINT:
      return describe(Code::conflict, "The metadata store refused a row that contradicts another one.");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return describe(Code::internal, "The metadata store is damaged. Restart the server for what to do.");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return describe(Code::io, "The metadata store cannot be written.");
    default:
      return describe(Code::internal, "The metadata store failed.");
  }
}

}  // namespace

Error sqlite_error(sqlite3* db, int code, std::string_view what) {
  Error error = classify(db, code);
  const char* text = db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(code);
  error.cause = fmt::format("{}: {} (SQLite {})", what, text, code);
  return error;
}

}  // namespace cus::store
