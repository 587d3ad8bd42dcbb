// SPDX-License-Identifier: Apache-2.0
#pragma once
// One SQLite connection. Blocking: used from a worker thread only, by one at a time, which lock() enforces.
// Statements must be gone before the Database is.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "cus/base/error.hpp"

struct sqlite3;

namespace cus::store {

inline constexpr std::chrono::milliseconds default_busy_timeout{5000};

class Database {
 public:
  // Opens an existing file; nothing of it is read yet. `busy`: how long to wait for another process.
  static Result<std::shared_ptr<Database>> open(const std::string& path,
                                                std::chrono::milliseconds busy = default_busy_timeout);

  // Runs statements that return nothing of interest.
  Result<> execute(const std::string& sql);
  sqlite3* handle() const { return handle_.get(); }
  std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  explicit Database(sqlite3* handle) : handle_(handle) {}

  std::unique_ptr<sqlite3, Close> handle_;
  std::mutex mutex_;
};

// Rolls back unless committed. IMMEDIATE: the write lock is taken at the start, so that a busy store is
// noticed before anything was done.
class Transaction {
 public:
  static Result<Transaction> begin(Database& db);
  Transaction(Transaction&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  Result<> commit();

 private:
  explicit Transaction(Database& db) : db_(&db) {}
  Database* db_;
};

}  // namespace cus::store
