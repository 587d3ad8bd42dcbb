// SPDX-License-Identifier: Apache-2.0
#pragma once
// Metadata: which chat has which storage id, what runs for it, its guest's token, its long jobs. An interface
// because SQLite (embedded, the default) and PostgreSQL fill it. All calls run on the worker pool, never on
// the loop; errors are Code::unavailable (busy, down), storage_full, io or internal.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cus/base/blocking_pool.hpp"
#include "cus/base/clock.hpp"
#include "cus/base/error.hpp"
#include "cus/base/id.hpp"
#include "cus/base/task.hpp"

namespace cus::store {

struct ChatRow {
  ChatKey key;
  StorageId storage;
  WallTime created;
  WallTime last_used;
};

// What the server last asked of the engine for a chat; the engine's own state is asked, not remembered
// (design D10).
struct SandboxRow {
  StorageId storage;
  std::string image;
  std::string spec_hash;  // differs: the sandbox is made anew before its next use
  std::string token;      // the guest's secret, 64 hex digits
  WallTime created;
};

enum class JobState : std::uint8_t { running, ended, interrupted };

struct JobRow {
  JobId id;
  StorageId storage;
  JobState state = JobState::running;
  WallTime started;
  std::string end;  // the JobEnd as JSON once it is known
};

class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  virtual Task<Result<InstanceId>> instance() = 0;  // made on first use, constant afterwards
  virtual Task<Result<std::optional<ChatRow>>> find_chat(const ChatKey& key) = 0;
  // Inserts the chat with `fresh` as its storage id, or returns the row that already exists.
  virtual Task<Result<ChatRow>> get_or_add_chat(const ChatKey& key, const StorageId& fresh) = 0;
  virtual Task<Result<std::vector<ChatRow>>> chats() = 0;  // by last use, newest first
  // A last use never moves back; unknown ids are passed over.
  virtual Task<Result<>> touch_chats(const std::vector<std::pair<StorageId, WallTime>>& used) = 0;
  // Its jobs go too; its sandbox's row stays until the engine has removed the sandbox.
  virtual Task<Result<>> remove_chat(const StorageId& storage) = 0;

  virtual Task<Result<std::vector<SandboxRow>>> sandboxes() = 0;
  virtual Task<Result<>> put_sandbox(const SandboxRow& row) = 0;
  virtual Task<Result<>> remove_sandbox(const StorageId& storage) = 0;

  // not_found when the job's chat is gone.
  virtual Task<Result<>> put_job(const JobRow& row) = 0;
  virtual Task<Result<std::optional<JobRow>>> find_job(const JobId& id) = 0;
  virtual Task<Result<std::vector<JobRow>>> running_jobs() = 0;
  // Ended jobs that started before `limit` go.
  virtual Task<Result<>> forget_jobs_before(WallTime limit) = 0;
};

// Opens or makes `path` (mode 0600, WAL) and brings its schema up to date. A corrupt file (internal), one of
// a newer version (unsupported) or one that cannot be written (io) is refused; the message is for the
// operator, names the file and says what to do. `pool` must outlive the store.
Task<Result<std::unique_ptr<Store>>> open_sqlite(std::string path, BlockingPool& pool);

}  // namespace cus::store
