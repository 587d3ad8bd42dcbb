// SPDX-License-Identifier: Apache-2.0
#pragma once
// A prepared statement with its parameters bound in order; values go in by binding only, never into the text.
//   Statement rows(db, "SELECT chat FROM chats WHERE tenant = ?", tenant);
//   while (rows.next()) use(rows.text(0));
//   return rows.done();
// A failure of preparing or binding is kept and told by done().

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cus/base/clock.hpp"
#include "cus/base/error.hpp"
#include "store/database.hpp"

struct sqlite3_stmt;

namespace cus::store {

class Statement {
 public:
  template <class... Values>
  Statement(Database& db, std::string_view sql, const Values&... values) : Statement(db, sql, Unbound{}) {
    int index = 0;
    (bind(++index, values), ...);
  }

  // True while there is a row; false at the end and on failure.
  bool next();
  // Runs the statement to its end.
  Result<> run();
  Result<> done() const;
  void bind(int index, std::string_view text);
  void bind(int index, std::int64_t number);
  void bind(int index, WallTime time);

  std::string text(int column) const;
  std::int64_t number(int column) const;
  WallTime time(int column) const;

 private:
  struct Unbound {};
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(Database& db, std::string_view sql, Unbound);
  void check(int code);

  Database& db_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  Result<> state_;
};

}  // namespace cus::store
