// SPDX-License-Identifier: Apache-2.0
#include "store/migrate.hpp"

#include <fmt/format.h>

#include <string>

#include "store/statement.hpp"

namespace cus::store {
namespace {

Result<> apply(Database& db, const Migration& step) {
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  // Another process may have done the step while this one waited for the write lock.
  const auto version = schema_version(db);
  if (!version) return std::unexpected(version.error());
  if (*version >= step.version) return {};
  auto done = db.execute(std::string(step.sql));
  if (done) done = db.execute(fmt::format("PRAGMA user_version = {}", step.version));
  if (done) done = transaction->commit();
  if (!done) done.error().cause = fmt::format("migration {}: {}", step.name, done.error().cause);
  return done;
}

}  // namespace

Result<int> schema_version(Database& db) {
  Statement query(db, "PRAGMA user_version");
  if (!query.next()) {
    auto state = query.done();
    return state ? 0 : Result<int>(std::unexpected(std::move(state.error())));
  }
  return static_cast<int>(query.number(0));
}

Result<> migrate(Database& db, std::span<const Migration> steps) {
  const auto version = schema_version(db);
  if (!version) return std::unexpected(version.error());
  const int newest = steps.empty() ? 0 : steps.back().version;
  if (*version > newest) {
    return fail(
        Code::unsupported,
        fmt::format("The metadata was written by a newer version of this program (schema {}, this one "
                    "knows {}). Install the newer version again, or restore a backup made before it.",
                    *version, newest));
  }
  for (const Migration& step : steps) {
    if (step.version <= *version) continue;
    if (auto done = apply(db, step); !done) return done;
  }
  return {};
}

}  // namespace cus::store
