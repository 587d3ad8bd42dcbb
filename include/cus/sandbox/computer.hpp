// SPDX-License-Identifier: Apache-2.0
#pragma once
// A chat's computer, ready to be used: what tools see of the sandbox room.

#include <memory>
#include <string>

#include "cus/base/clock.hpp"
#include "cus/base/id.hpp"
#include "cus/guest/guest.hpp"

namespace cus::sandbox {

// Keeps the sandbox awake while it lives: the idle clock starts when the last hold is gone.
class Hold;

struct Computer {
  StorageId storage;
  guest::Guest guest;
  std::shared_ptr<Hold> hold;
  // One line for the model when the machine is not as it was left, e.g. "The sandbox was restarted: files in
  // /home/assistant are kept, processes and /tmp are gone." Empty otherwise.
  std::string news;
};

class Computers {
 public:
  Computers() = default;
  Computers(const Computers&) = delete;
  Computers& operator=(const Computers&) = delete;
  virtual ~Computers() = default;

  // The chat's computer, made or woken when needed. Parallel first calls share one creation; each waits by
  // its own deadline while the creation itself goes on.
  virtual Task<Result<Computer>> acquire(const ChatKey& key, Deadline deadline) = 0;

  // Remembers a job that outlived its first moment, so that it can be found after a restart of the server;
  // and its end.
  virtual void job_running(const StorageId& storage, const JobId& job) = 0;
  virtual void job_ended(const StorageId& storage, const JobId& job, const guest::JobEnd& end) = 0;
};

// The environment every job gets: PATH, HOME, LANG, proxy variables and the like (never a secret).
std::map<std::string, std::string> base_environment();

}  // namespace cus::sandbox
