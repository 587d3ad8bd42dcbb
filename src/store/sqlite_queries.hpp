// SPDX-License-Identifier: Apache-2.0
#pragma once
// What the store asks of SQLite, one blocking function a question; the caller holds the connection's lock.

#include <optional>
#include <utility>
#include <vector>

#include "cus/store/store.hpp"
#include "store/database.hpp"

namespace cus::store::sqlite {

Result<InstanceId> instance(Database& db);

Result<std::optional<ChatRow>> find_chat(Database& db, const ChatKey& key);
Result<ChatRow> get_or_add_chat(Database& db, const ChatKey& key, const StorageId& fresh);
Result<std::vector<ChatRow>> chats(Database& db);
Result<> touch_chats(Database& db, const std::vector<std::pair<StorageId, WallTime>>& used);
Result<> remove_chat(Database& db, const StorageId& storage);

Result<std::vector<SandboxRow>> sandboxes(Database& db);
Result<> put_sandbox(Database& db, const SandboxRow& row);
Result<> remove_sandbox(Database& db, const StorageId& storage);

Result<> put_job(Database& db, const JobRow& row);
Result<std::optional<JobRow>> find_job(Database& db, const JobId& id);
Result<std::vector<JobRow>> running_jobs(Database& db);
Result<> forget_jobs_before(Database& db, WallTime limit);

}  // namespace cus::store::sqlite
