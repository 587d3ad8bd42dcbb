// SPDX-License-Identifier: Apache-2.0
#include "store/database.hpp"

#include <sqlite3.h>

#include "store/sqlite_error.hpp"

namespace cus::store {
void Database::Close::operator()(sqlite3* db) const {
  sqlite3_close_v2(db);
}

Result<std::shared_ptr<Database>> Database::open(const std::string& path, std::chrono::milliseconds busy) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  std::shared_ptr<Database> db(new Database(raw));
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(raw, code, "open"));
  sqlite3_busy_timeout(raw, static_cast<int>(busy.count()));
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  // SQLite falls back to reading only when it may not write.
  if (sqlite3_db_readonly(raw, "main") == 1) {
    return std::unexpected(sqlite_error(nullptr, SQLITE_READONLY, "open"));
  }
  return db;
}

Result<> Database::execute(const std::string& sql) {
  const int code = sqlite3_exec(handle(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle(), code, "execute"));
  return {};
}

Result<Transaction> Transaction::begin(Database& db) {
  if (auto begun = db.execute("BEGIN IMMEDIATE"); !begun) return std::unexpected(std::move(begun.error()));
  return Transaction(db);
}

Transaction::~Transaction() {
  // Some failures, such as a full disk, have already rolled back.
  if (db_ == nullptr || sqlite3_get_autocommit(db_->handle()) != 0) return;
  sqlite3_exec(db_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<> Transaction::commit() {
  auto done = db_->execute("COMMIT");
  if (done) db_ = nullptr;
  return done;
}

}  // namespace cus::store
