// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include "store/sqlite_queries.hpp"
#include "store/statement.hpp"

namespace cus::store::sqlite {
namespace {

ChatRow chat_row(const Statement& row) {
  return ChatRow{.key = {.tenant = TenantId(row.text(0)), .chat = ChatId(row.text(1))},
                 .storage = StorageId(row.text(2)),
                 .created = row.time(3),
                 .last_used = row.time(4)};
}

}  // namespace

Result<InstanceId> instance(Database& db) {
  // The update changes nothing; it makes the row that is already there come back.
  Statement made(db,
                 "INSERT INTO instance (only_row, id) VALUES (1, ?) "
                 "ON CONFLICT (only_row) DO UPDATE SET id = id RETURNING id",
                 random_hex(16));
  InstanceId id;
  while (made.next()) id = InstanceId(made.text(0));
  if (auto state = made.done(); !state) return std::unexpected(std::move(state.error()));
  return id;
}

Result<std::optional<ChatRow>> find_chat(Database& db, const ChatKey& key) {
  Statement query(db,
                  "SELECT tenant, chat, storage, created_ns, last_used_ns FROM chats "
                  "WHERE tenant = ? AND chat = ?",
                  key.tenant.str(), key.chat.str());
  std::optional<ChatRow> found;
  while (query.next()) found = chat_row(query);
  if (auto state = query.done(); !state) return std::unexpected(std::move(state.error()));
  return found;
}

Result<ChatRow> get_or_add_chat(Database& db, const ChatKey& key, const StorageId& fresh) {
  auto found = find_chat(db, key);
  if (!found) return std::unexpected(std::move(found.error()));
  if (*found) return std::move(**found);
  // Another process may have added the row since: the unique (tenant, chat) decides, and its row comes back.
  const WallTime now = std::chrono::system_clock::now();
  Statement added(
      db,
      "INSERT INTO chats (tenant, chat, storage, created_ns, last_used_ns) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (tenant, chat) DO UPDATE SET chat = excluded.chat "
      "RETURNING tenant, chat, storage, created_ns, last_used_ns",
      key.tenant.str(), key.chat.str(), fresh.str(), now, now);
  ChatRow row;
  while (added.next()) row = chat_row(added);
  if (auto state = added.done(); !state) return std::unexpected(std::move(state.error()));
  return row;
}

Result<std::vector<ChatRow>> chats(Database& db) {
  Statement query(db,
                  "SELECT tenant, chat, storage, created_ns, last_used_ns FROM chats "
                  "ORDER BY last_used_ns DESC, storage");
  std::vector<ChatRow> rows;
  while (query.next()) rows.push_back(chat_row(query));
  if (auto state = query.done(); !state) return std::unexpected(std::move(state.error()));
  return rows;
}

Result<> touch_chats(Database& db, const std::vector<std::pair<StorageId, WallTime>>& used) {
  auto transaction = Transaction::begin(db);
  if (!transaction) return std::unexpected(std::move(transaction.error()));
  for (const auto& [storage, time] : used) {
    // Never backwards: a late report must not make a chat look idle.
    Statement touch(db, "UPDATE chats SET last_used_ns = max(last_used_ns, ?) WHERE storage = ?", time,
                    storage.str());
    if (auto done = touch.run(); !done) return done;
  }
  return transaction->commit();
}

Result<> remove_chat(Database& db, const StorageId& storage) {
  return Statement(db, "DELETE FROM chats WHERE storage = ?", storage.str()).run();
}

}  // namespace cus::store::sqlite
