// SPDX-License-Identifier: Apache-2.0
#pragma once
// Which host user each sandbox runs as. With root: one of a range for each storage id, and the record of it
// is who owns the chat's home. Without: the caller's own.

#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cus/engine/container_engine.hpp"

namespace cus::engine {

class HostUsers {
 public:
  // `chats` as in NativeOptions.
  HostUsers(std::string chats, std::uint32_t base, std::uint32_t count)
      : chats_(std::move(chats)), base_(base), count_(count) {}

  // The one it has, or a free one. Blocks; may be called from several threads. Code::too_many when the range
  // is used up.
  Result<Owner> owner(const StorageId& storage);
  // Those that the next new sandboxes will get, at most so many.
  std::vector<Owner> next(std::size_t count);

 private:
  bool in_range(std::uint32_t uid) const { return uid >= base_ && uid - base_ < count_; }
  std::uint32_t free_from(std::uint32_t uid) const;
  void look_who_is_there();

  std::string chats_;
  std::uint32_t base_;
  std::uint32_t count_;
  std::mutex mutex_;  // of what follows
  std::set<std::uint32_t> taken_;
  bool looked_ = false;
};

}  // namespace cus::engine
