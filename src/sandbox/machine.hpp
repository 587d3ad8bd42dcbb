// SPDX-License-Identifier: Apache-2.0
#pragma once
// One chat's sandbox: its socket, its start and stop under single flight, and who holds it awake.

#include <memory>
#include <optional>
#include <string>

#include "cus/base/event.hpp"
#include "cus/guest/guest_listener.hpp"
#include "cus/sandbox/registry.hpp"

namespace cus::sandbox {

class Machine : public std::enable_shared_from_this<Machine> {
 public:
  Machine(const Services& services, ChatKey key, StorageId storage, bool has_history);

  const ChatKey& key() const { return key_; }
  const StorageId& storage() const { return storage_; }
  bool ready() const { return !flight_ && listener_.connected(); }
  bool busy() const { return flight_ != nullptr; }
  guest::Guest guest() { return guest::Guest(listener_); }

  // Running and connected, whatever state it was in. Callers share one start; each waits by its own deadline.
  Task<Result<>> wake(Deadline deadline);
  // A sandbox that somebody paused keeps its connections, but nothing answers on them. Whoever is about to
  // use one that was quiet for a while calls this: when the use lasts, the guest is asked, and a paused
  // sandbox is resumed and goes on with what it was sent. What is merely slow is left as it is.
  void rouse();
  // Code::conflict when a start or stop is under way or more than `holders` hold it.
  Task<Result<>> stop(int holders = 0);
  Task<Result<>> remove();

  // A sandbox of an earlier server: knows its row and listens for its guest.
  Result<> adopt(store::SandboxRow row);
  // Leaves the sandbox to itself: no more connections from it.
  void close() { listener_.close(); }
  Task<bool> wait_connected(Deadline deadline) { return listener_.wait_connected(deadline); }

  // What changed since the chat last used its computer; told once.
  std::string take_news() { return std::exchange(news_, {}); }

  void hold() { ++holds_; }
  void release();
  int holds() const { return holds_; }
  Clock::time_point last_activity() const { return last_activity_; }
  void touch() { last_activity_ = Clock::now(); }
  bool take_used() { return std::exchange(used_, false); }

 private:
  // One start or stop; whoever comes meanwhile waits for it.
  struct Flight {
    explicit Flight(const Executor& executor) : done(executor) {}
    Event done;
    Result<> result;
  };
  using Step = Task<Result<>> (Machine::*)();

  std::shared_ptr<Flight> begin(Step step);
  static Task<> fly(std::shared_ptr<Machine> self, std::shared_ptr<Flight> flight, Step step);
  Task<Result<>> start();
  // `hash` is empty when the row is this start's own already.
  Task<Result<>> start_from(engine::State state, const engine::SandboxSpec& spec, const std::string& hash);
  Task<Result<>> launch(const engine::SandboxSpec& spec, bool create);
  Task<Result<>> make_directories();
  Task<Result<>> remember(const engine::SandboxSpec& spec, const std::string& hash);
  Task<Result<>> halt();
  static Task<> rouse_if_silent(std::shared_ptr<Machine> self);
  Task<Result<>> thaw();
  Task<Result<>> discard();

  const Services& services_;
  ChatKey key_;
  StorageId storage_;
  guest::GuestListener listener_;
  std::optional<store::SandboxRow> row_;
  std::shared_ptr<Flight> flight_;
  bool has_history_;
  bool used_ = false;
  bool rousing_ = false;
  std::string news_;
  int holds_ = 0;
  Clock::time_point last_activity_ = Clock::now();
};

class Hold {
 public:
  explicit Hold(std::shared_ptr<Machine> machine) : machine_(std::move(machine)) { machine_->hold(); }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;
  ~Hold() { machine_->release(); }
  Machine& machine() { return *machine_; }

 private:
  std::shared_ptr<Machine> machine_;
};

}  // namespace cus::sandbox
