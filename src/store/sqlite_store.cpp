// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.hpp"

#include <type_traits>
#include <utility>

#include "store/open.hpp"
#include "store/sqlite_queries.hpp"

namespace cus::store {
namespace {

class SqliteStore final : public Store {
 public:
  SqliteStore(std::shared_ptr<Database> db, BlockingPool& pool) : db_(std::move(db)), pool_(pool) {}

  Task<Result<InstanceId>> instance() override { return ask(sqlite::instance); }
  Task<Result<std::optional<ChatRow>>> find_chat(const ChatKey& key) override {
    return ask(sqlite::find_chat, key);
  }
  Task<Result<ChatRow>> get_or_add_chat(const ChatKey& key, const StorageId& fresh) override {
    return ask(sqlite::get_or_add_chat, key, fresh);
  }
  Task<Result<std::vector<ChatRow>>> chats() override { return ask(sqlite::chats); }
  Task<Result<>> touch_chats(const std::vector<std::pair<StorageId, WallTime>>& used) override {
    return ask(sqlite::touch_chats, used);
  }
  Task<Result<>> remove_chat(const StorageId& storage) override { return ask(sqlite::remove_chat, storage); }

  Task<Result<std::vector<SandboxRow>>> sandboxes() override { return ask(sqlite::sandboxes); }
  Task<Result<>> put_sandbox(const SandboxRow& row) override { return ask(sqlite::put_sandbox, row); }
  Task<Result<>> remove_sandbox(const StorageId& storage) override {
    return ask(sqlite::remove_sandbox, storage);
  }

  Task<Result<>> put_job(const JobRow& row) override { return ask(sqlite::put_job, row); }
  Task<Result<std::optional<JobRow>>> find_job(const JobId& id) override { return ask(sqlite::find_job, id); }
  Task<Result<std::vector<JobRow>>> running_jobs() override { return ask(sqlite::running_jobs); }
  Task<Result<>> forget_jobs_before(WallTime limit) override {
    return ask(sqlite::forget_jobs_before, limit);
  }

 private:
  // Copies the arguments at once, so that the task may be awaited later than the call.
  template <class Query, class... Values>
  Task<std::invoke_result_t<Query*, Database&, const Values&...>> ask(Query* query, const Values&... values) {
    return pool_.run([db = db_, query, ... copies = values] {
      const auto alone = db->lock();
      return query(*db, copies...);
    });
  }

  std::shared_ptr<Database> db_;
  BlockingPool& pool_;
};

}  // namespace

std::unique_ptr<Store> make_sqlite_store(std::shared_ptr<Database> db, BlockingPool& pool) {
  return std::make_unique<SqliteStore>(std::move(db), pool);
}

Task<Result<std::unique_ptr<Store>>> open_sqlite(std::string path, BlockingPool& pool) {
  auto db = co_await pool.run([path = std::move(path)] { return open_database(path); });
  if (!db) co_return std::unexpected(std::move(db.error()));
  co_return make_sqlite_store(std::move(*db), pool);
}

}  // namespace cus::store
