// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_queries.hpp"
#include "store/statement.hpp"

namespace cus::store::sqlite {

Result<std::vector<SandboxRow>> sandboxes(Database& db) {
  Statement query(db, "SELECT storage, image, spec_hash, token, created_ns FROM sandboxes ORDER BY storage");
  std::vector<SandboxRow> rows;
  while (query.next()) {
    rows.push_back(SandboxRow{.storage = StorageId(query.text(0)),
                              .image = query.text(1),
                              .spec_hash = query.text(2),
                              .token = query.text(3),
                              .created = query.time(4)});
  }
  if (auto state = query.done(); !state) return std::unexpected(std::move(state.error()));
  return rows;
}

Result<> put_sandbox(Database& db, const SandboxRow& row) {
  return Statement(
             db,
             "INSERT INTO sandboxes (storage, image, spec_hash, token, created_ns) VALUES (?, ?, ?, ?, ?) "
             "ON CONFLICT (storage) DO UPDATE SET image = excluded.image, spec_hash = excluded.spec_hash, "
             "token = excluded.token, created_ns = excluded.created_ns",
             row.storage.str(), row.image, row.spec_hash, row.token, row.created)
      .run();
}

Result<> remove_sandbox(Database& db, const StorageId& storage) {
  return Statement(db, "DELETE FROM sandboxes WHERE storage = ?", storage.str()).run();
}

}  // namespace cus::store::sqlite
