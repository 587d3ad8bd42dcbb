// SPDX-License-Identifier: Apache-2.0
#include "store/statement.hpp"

#include <sqlite3.h>

#include <chrono>

#include "store/sqlite_error.hpp"

namespace cus::store {

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement::Statement(Database& db, std::string_view sql, Unbound /*values follow*/) : db_(db) {
  sqlite3_stmt* raw = nullptr;
  const int code = sqlite3_prepare_v2(db.handle(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  statement_.reset(raw);
  check(code);
}

// The first failure stays: what follows it would only describe its consequences.
void Statement::check(int code) {
  if (state_ && code != SQLITE_OK) state_ = std::unexpected(sqlite_error(db_.handle(), code, "statement"));
}

bool Statement::next() {
  if (!state_) return false;
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) check(code);
  return false;
}

Result<> Statement::run() {
  while (next()) {
  }
  return done();
}

Result<> Statement::done() const {
  return state_;
}

void Statement::bind(int index, std::string_view text) {
  if (!state_) return;
  // An empty view may have no address, which SQLite would take for NULL.
  const char* data = text.empty() ? "" : text.data();
  check(sqlite3_bind_text64(statement_.get(), index, data, text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind(int index, std::int64_t number) {
  if (state_) check(sqlite3_bind_int64(statement_.get(), index, number));
}

void Statement::bind(int index, WallTime time) {
  using std::chrono::nanoseconds;
  bind(index, std::chrono::duration_cast<nanoseconds>(time.time_since_epoch()).count());
}

std::string Statement::text(int column) const {
  const auto* data = sqlite3_column_text(statement_.get(), column);
  if (data == nullptr) return {};
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
  return {reinterpret_cast<const char*>(data), size};
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

WallTime Statement::time(int column) const {
  const std::chrono::nanoseconds since(number(column));
  return WallTime(std::chrono::duration_cast<WallTime::duration>(since));
}

}  // namespace cus::store
